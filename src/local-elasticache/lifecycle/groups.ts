import { changedSettings } from '../../domain/parameter-table.js';
import type { Logger } from '../../telemetry/log.js';
import type { GroupTopology, NodeFleet, RunningGroup } from '../nodes/ports.js';
import type { Account } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/model.js';
import { createChanges } from './changes.js';
import { groupSettings, groupSpec, keepPorts } from './group-spec.js';
import { nodeUsers } from './node-users.js';

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
  /** Ends the nodes and keeps their data. */
  close(): Promise<void>;
}

interface Running {
  readonly nodes: RunningGroup;
  /** The users that the nodes were last told, as JSON. */
  users: string;
  settings: Record<string, string>;
  telling: Promise<void>;
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

  const setStatus = async (group: ReplicationGroupRecord, status: ReplicationGroupRecord['status']): Promise<void> => {
    group.status = status;
    changes.announce(group.id);
    await account.save();
  };

  const start = async (group: ReplicationGroupRecord): Promise<void> => {
    const spec = groupSpec(group, state);
    const nodes = await fleet.start(spec, closing.signal);
    const entry: Running = {
      nodes,
      users: JSON.stringify(spec.users),
      settings: { ...spec.settings },
      telling: Promise.resolve(),
    };
    running.set(group.id, entry);
    nodes.onEvent(({ type, message, ...where }) => {
      if ('shardId' in where) account.record('replication-group', group.id, message);
      else account.record('cache-cluster', where.nodeId, message);
      changes.announce(group.id);
      later(`saving the event ${type}`, () => account.save());
    });
    keepPorts(group, nodes.topology());
    // Users and parameters may have changed while the nodes were starting.
    await tell(group, entry);
  };

  const tellUsers = async (group: ReplicationGroupRecord, entry: Running): Promise<void> => {
    const users = nodeUsers(group, state);
    const told = JSON.stringify(users);
    if (told === entry.users) return;
    await entry.nodes.applyUsers(users);
    entry.users = told;
    for (const { name, message } of entry.nodes.refusedUsers()) {
      account.record('replication-group', group.id, `The nodes refused user ${name}: ${message}`);
    }
  };

  const tellSettings = async (group: ReplicationGroupRecord, entry: Running): Promise<void> => {
    const settings = groupSettings(group, state);
    const changed = changedSettings(entry.settings, settings);
    entry.settings = settings;
    if (Object.keys(changed).length > 0) await entry.nodes.applySettings(changed);
  };

  const tell = (group: ReplicationGroupRecord, entry: Running): Promise<void> => {
    const one = async (what: string, telling: typeof tellUsers): Promise<void> => {
      try {
        if (group.status !== 'deleting') await telling(group, entry);
      } catch (error) {
        log.error({ err: error, group: group.id }, `telling the nodes their ${what} failed`);
        account.record('replication-group', group.id, `Not all nodes have taken the ${what}: ${reason(error)}`);
      }
    };
    entry.telling = entry.telling.then(() => one('users', tellUsers)).then(() => one('parameters', tellSettings));
    return entry.telling;
  };

  const tellNodes = async (): Promise<void> => {
    const told = state.replicationGroups.flatMap((group) => {
      const entry = running.get(group.id);
      return entry ? [tell(group, entry)] : [];
    });
    await Promise.all(told);
  };

  return {
    later,
    tellNodes,
    launch(group) {
      const isNew = group.status === 'creating';
      later(`starting ${group.id}`, async () => {
        try {
          await start(group);
        } catch (error) {
          if (closing.signal.aborted) return;
          log.error({ err: error, group: group.id }, 'the nodes of a replication group could not be started');
          const what = isNew ? 'create' : 'restore';
          account.record(
            'replication-group',
            group.id,
            `Failed to ${what} replication group ${group.id}: ${reason(error)}`,
          );
          await setStatus(group, `${what}-failed`);
          return;
        }
        account.record(
          'replication-group',
          group.id,
          `Replication group ${group.id} ${isNew ? 'created' : 'restored'}`,
        );
        await setStatus(group, 'available');
      });
    },
    remove(group) {
      later(`deleting ${group.id}`, async () => {
        const entry = running.get(group.id);
        await entry?.telling;
        await (entry ? entry.nodes.destroy() : fleet.forget(group.id));
        running.delete(group.id);
        state.replicationGroups = state.replicationGroups.filter((other) => other !== group);
        for (const kind of ['replicationgroup', 'cluster'] as const) {
          const ids = kind === 'cluster' ? group.shards.flatMap(({ nodes }) => nodes.map(({ id }) => id)) : [group.id];
          for (const id of ids) Reflect.deleteProperty(state.tags, account.arn(kind, id));
        }
        account.record('replication-group', group.id, `Replication group ${group.id} deleted`);
        changes.announce(group.id);
        await account.save();
      });
    },
    modify(group, work) {
      changes.announce(group.id);
      later(`modifying ${group.id}`, async () => {
        const entry = running.get(group.id);
        try {
          if (entry) await Promise.all([tell(group, entry), work(entry.nodes)]);
        } catch (error) {
          log.error({ err: error, group: group.id }, 'modifying a replication group failed');
          account.record(
            'replication-group',
            group.id,
            `Modifying replication group ${group.id} failed: ${reason(error)}`,
          );
        }
        group.pendingUserGroups = undefined;
        await setStatus(group, 'available');
      });
    },
    topology: (groupId) => running.get(groupId)?.nodes.topology(),
    nextChange: (groupId, milliseconds, signal) =>
      changes.next(groupId, milliseconds, AbortSignal.any([signal, closing.signal])),
    async close() {
      closing.abort();
      await Promise.all([...running.values()].map(({ nodes }) => nodes.close()));
      await Promise.all(working);
      // What was starting when the signal came may have started all the same.
      await Promise.all([...running.values()].map(({ nodes }) => nodes.close()));
    },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
