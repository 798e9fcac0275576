import type { GroupDelivery } from '../../../domain/realtime/delivery.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import { sampleGroup, type GroupSample } from '../../valkey/values/streams/group-sample.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { createGroupCommands } from './group-commands.js';
import { groupKey } from './group-key.js';
import { createDepartedConsumers } from './departed-consumers.js';
import { createGroupReader, type GroupReader } from './group-reader.js';
import type { RealtimeLimits } from '../shared/limits.js';
import type { GroupName, GroupRequest } from '../interfaces.js';
import type { SendToStream } from '../streams/stream-head.js';
import type { StreamWatches } from '../streams/stream-watches.js';

/** The consumers of this process in all groups. */
export interface GroupHub {
  /** @throws ExpectedFailure INVALID_STATE, QUOTA_EXCEEDED */
  open(request: GroupRequest, listener: LiveListener<GroupDelivery>): LiveSubscription;
  acknowledged(group: GroupName, entryIds: readonly string[]): void;
  /** The progress of the groups that this process reads, without those that cannot be sampled now. */
  samples(): Promise<readonly { readonly cluster: string; readonly sample: GroupSample }[]>;
  /** Fails the consumers of one cluster's groups. */
  fail(reason: Error, cluster: string): void;
  close(): Promise<void>;
}

export function createGroupHub(
  connections: Pick<ValkeyConnections, 'commands'>,
  watches: StreamWatches,
  { limits, log }: { limits: Pick<RealtimeLimits, 'silentConsumerMs'>; log: Logger },
): GroupHub {
  const readers = new Map<string, { readonly name: GroupName; readonly reader: GroupReader }>();
  const departed = createDepartedConsumers(log);
  const start = (key: string, name: GroupName): GroupReader => {
    const sendTo =
      (stream: Buffer): SendToStream =>
      async (args) =>
        (await connections.commands(name.cluster)).send({ args, key: stream });
    const commands = createGroupCommands(name, sendTo);
    const reader: GroupReader = createGroupReader({
      commands,
      log,
      silentConsumerMs: limits.silentConsumerMs,
      watch: (listener) => watches.add(name.cluster, name.stream, listener),
      remains: (consumer) => departed.add(key, consumer, commands),
      ended() {
        if (readers.get(key)?.reader === reader) readers.delete(key);
      },
    });
    readers.set(key, { name, reader });
    return reader;
  };

  return {
    open(request, listener) {
      const key = groupKey(request);
      departed.forget(key, request.consumer);
      return (readers.get(key)?.reader ?? start(key, request)).open(request, listener);
    },
    acknowledged(group, entryIds) {
      const key = groupKey(group);
      readers.get(key)?.reader.acknowledged(entryIds);
      departed.acknowledged(key);
    },
    async samples() {
      const sampled = await Promise.all(
        [...readers.values()].map(async ({ name: { cluster, stream, group } }) => {
          try {
            const commands = await connections.commands(cluster);
            return [{ cluster, sample: await sampleGroup({ commands, cluster, name: stream }, group) }];
          } catch (error) {
            log.debug({ err: error }, 'the progress of a group could not be sampled');
            return [];
          }
        }),
      );
      return sampled.flat();
    },
    fail(reason, cluster) {
      for (const existing of [...readers.values()]) if (existing.name.cluster === cluster) existing.reader.fail(reason);
    },
    async close() {
      await Promise.all([...readers.values()].map(({ reader }) => reader.close()));
    },
  };
}
