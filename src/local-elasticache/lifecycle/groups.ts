import type { Logger } from '../../telemetry/log.js';
import type { GroupTopology, NodeFleet, RunningGroup } from '../nodes/ports.js';
import type { Account } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/model.js';
import { createChanges } from './changes.js';
import { groupSpec, keepPorts } from './group-spec.js';
import { createMessenger, type Messenger } from './messenger.js';
import { reason } from './reason.js';

/** The life of the replication groups: their processes, and the statuses that clients see while these come and go. */
export interface Groups {
  /** Starts the nodes of a group whose record says creating or modifying; it becomes available, or failed with an event. */
  launch(group: ReplicationGroupRecord): void;
  /** Ends the nodes of a group whose record says deleting, deletes their data, and then the record. */
  remove(group: ReplicationGroupRecord): void;
  /** Does the work while the group is modifying; then it is available again, whether the work succeeded or not. */
  modify(group: ReplicationGroupRecord, work: (running: RunningGroup) => Promise<void>): void;
  /** Resolves when every running group that a change of users or parameters concerns has been told it. */
  tellNodes(): Promise<void>;
  /** Where the nodes are; undefined while they are not running. */
  topology(groupId: string): GroupTopology | undefined;
  /** Resolves at the group's next change, after `milliseconds` or when `signal` aborts. */
  nextChange(groupId: string, milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Does something after the answer has gone out; failures are logged. */
  later(what: string, work: () => Promise<void>): void;
  /** Aborts when the endpoint closes: who waits should not. */
  readonly closing: AbortSignal;
  /** Ends the nodes and keeps their data. */
  close(): Promise<void>;
}

interface Running {
  readonly nodes: RunningGroup;
  readonly messenger: Messenger;
}

export function createGroups(account: Account, fleet: NodeFleet, log: Logger): Groups {
  const { state } = account;
  const running = new Map<string, Running>();
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  const changes = createChanges();

  const later: Groups['later'] = (what, work) => {
    const done = work()
      .catch((error: unknown) => log.error({ err: error }, `${what} failed`))
      .finally(() => working.delete(done));
    working.add(done);
  };
  const record = (group: ReplicationGroupRecord, message: string): void =>
    account.record('replication-group', group.id, message);
  const setStatus = async (group: ReplicationGroupRecord, status: ReplicationGroupRecord['status']): Promise<void> => {
    group.status = status;
    changes.announce(group.id);
    await account.save();
  };

  const start = async (group: ReplicationGroupRecord): Promise<void> => {
    const spec = groupSpec(group, state);
    const nodes = await fleet.start(spec, closing.signal);
    const messenger = createMessenger(account, group, nodes, spec, log);
    running.set(group.id, { nodes, messenger });
    nodes.onEvent(({ type, message, ...where }) => {
      if ('shardId' in where) record(group, message);
      else account.record('cache-cluster', where.nodeId, message);
      changes.announce(group.id);
      later(`saving the event ${type}`, () => account.save());
    });
    keepPorts(group, nodes.topology());
    // Users and parameters may have changed while the nodes were starting.
    await messenger.tell();
  };

  const forget = (group: ReplicationGroupRecord): void => {
    running.delete(group.id);
    state.replicationGroups = state.replicationGroups.filter((other) => other !== group);
    const nodes = group.shards.flatMap((shard) => shard.nodes);
    const arns = [account.arn('replicationgroup', group.id), ...nodes.map(({ id }) => account.arn('cluster', id))];
    for (const arn of arns) Reflect.deleteProperty(state.tags, arn);
  };

  return {
    later,
    closing: closing.signal,
    launch(group) {
      const [verb, done] =
        group.status === 'creating' ? (['create', 'created'] as const) : (['restore', 'restored'] as const);
      later(`starting ${group.id}`, async () => {
        try {
          await start(group);
        } catch (error) {
          // The group is as it was; the next run of the endpoint goes on with it.
          if (closing.signal.aborted) return;
          log.error({ err: error, group: group.id }, 'the nodes of a replication group could not be started');
          record(group, `Failed to ${verb} replication group ${group.id}: ${reason(error)}`);
          await setStatus(group, `${verb}-failed`);
          return;
        }
        record(group, `Replication group ${group.id} ${done}`);
        await setStatus(group, 'available');
      });
    },
    remove(group) {
      changes.announce(group.id);
      later(`deleting ${group.id}`, async () => {
        const nodes = running.get(group.id)?.nodes;
        await (nodes ? nodes.destroy() : fleet.forget(group.id));
        forget(group);
        record(group, `Replication group ${group.id} deleted`);
        changes.announce(group.id);
        await account.save();
      });
    },
    modify(group, work) {
      changes.announce(group.id);
      later(`modifying ${group.id}`, async () => {
        const entry = running.get(group.id);
        try {
          if (entry) await Promise.all([entry.messenger.tell(), work(entry.nodes)]);
        } catch (error) {
          log.error({ err: error, group: group.id }, 'modifying a replication group failed');
          record(group, `Modifying replication group ${group.id} failed: ${reason(error)}`);
        }
        group.pendingUserGroups = undefined;
        await setStatus(group, 'available');
      });
    },
    async tellNodes() {
      await Promise.all([...running.values()].map(({ messenger }) => messenger.tell()));
    },
    topology: (groupId) => running.get(groupId)?.nodes.topology(),
    nextChange: (groupId, milliseconds, signal) => changes.next(groupId, milliseconds, signal),
    async close() {
      closing.abort();
      await Promise.all([...running.values()].map(({ nodes }) => nodes.close()));
      await Promise.all(working);
      // What was starting when the signal came may have started all the same.
      await Promise.all([...running.values()].map(({ nodes }) => nodes.close()));
    },
  };
}
