import { consumersOf, findGroup, type GroupConsumer, type StreamGroup } from './stream.js';

/** The state of a group and its consumers at one moment. */
export interface GroupSample extends StreamGroup {
  readonly consumers: readonly GroupConsumer[];
  /** Equal for samples between which nothing but time has changed. */
  readonly key: string;
}

/** @throws ExpectedFailure NOT_FOUND if the stream or group does not exist */
export async function sampleGroup(stream: StreamGroup['stream'], name: Buffer): Promise<GroupSample> {
  // Concurrently, so that both commands leave in one write.
  const [group, consumers] = await Promise.all([findGroup(stream, name), consumersOf({ stream, name })]);
  const counts = consumers.map((consumer) => [consumer.name.toString('latin1'), consumer.pending]);
  const key = JSON.stringify([group.lastDeliveredId, group.lag, group.pending, counts]);
  return { ...group, consumers, key };
}
