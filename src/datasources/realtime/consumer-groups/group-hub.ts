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
import { createSharedParts } from '../shared/shared-parts.js';
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
  const departed = createDepartedConsumers(log);
  const start = (name: GroupName, ended: () => void): GroupReader & { readonly name: GroupName } => {
    const sendTo =
      (stream: Buffer): SendToStream =>
      async (args) =>
        (await connections.commands(name.cluster)).send({ args, key: stream });
    const commands = createGroupCommands(name, sendTo);
    const reader = createGroupReader({
      commands,
      log,
      silentConsumerMs: limits.silentConsumerMs,
      watch: (listener) => watches.add(name.cluster, name.stream, listener),
      remains: (consumer) => departed.add(groupKey(name), consumer, commands),
      ended,
    });
    return { ...reader, name };
  };
  const readers = createSharedParts(groupKey, start);

  return {
    open(request, listener) {
      departed.forget(groupKey(request), request.consumer);
      return readers.of(request).open(request, listener);
    },
    acknowledged(group, entryIds) {
      readers.existing(group)?.acknowledged(entryIds);
      departed.acknowledged(groupKey(group));
    },
    async samples() {
      const sampled = await Promise.all(
        readers.all().map(async ({ name: { cluster, stream, group } }) => {
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
    fail: readers.fail,
    async close() {
      await Promise.all(readers.all().map((reader) => reader.close()));
    },
  };
}
