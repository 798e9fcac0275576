import { consumersOf, findGroup, type GroupConsumer, type StreamGroup } from './stream.js';

/** A group and its consumers as they were at one moment. */
export interface GroupSample extends StreamGroup {
  readonly consumers: readonly GroupConsumer[];
  /** Equal for samples between which nothing happened; time alone does not count. */
  readonly key: string;
}

/** @throws ExpectedFailure NOT_FOUND where there is no such stream or group */
export async function sampleGroup(stream: StreamGroup['stream'], name: Buffer): Promise<GroupSample> {
  // Together: both commands leave in one write.
  const [group, consumers] = await Promise.all([findGroup(stream, name), consumersOf({ stream, name })]);
  const counts = consumers.map((consumer) => [consumer.name.toString('latin1'), consumer.pending]);
  const key = JSON.stringify([group.lastDeliveredId, group.lag, group.pending, counts]);
  return { ...group, consumers, key };
}
