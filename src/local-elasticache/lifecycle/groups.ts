import type { Logger } from '../../telemetry/log.js';
import type { GroupTopology, NodeFleet, RunningGroup } from '../nodes/interfaces.js';
import type { Account, AccountDraft } from '../state/account.js';
import type { ReplicationGroupRecord, State } from '../state/model.js';
import { createChanges } from './changes.js';
import { fleetId, groupSpec, keepPorts } from './group-spec.js';
import { createLastingChanges, type LastingChange } from './lasting-changes.js';
import type { SnapshotFiles } from './snapshots/snapshot-files.js';
import { deleteAutomaticSnapshots, restoredFiles } from './snapshots/snapshot-records.js';
import { createNodeConfigSync, type NodeConfigSync } from './node-config-sync.js';
import { errorMessage } from '../../runtime/errors.js';

/** Manages the replication groups of one region: starts and stops their nodes, and keeps the statuses that clients see. */
export interface Groups {
  /** Starts the nodes of a group with status creating or modifying. It becomes available, or failed with an event. */
  launch(groupId: string): void;
  /** Stops the nodes of a group with status deleting, deletes their data, and then the record. */
  remove(groupId: string): void;
  /** Runs the work while the group is modifying. Then the group is available again, even if the work failed. */
  modify(groupId: string, work: (running: RunningGroup) => Promise<void>): void;
  /** The running nodes of a group; undefined while they are not running. */
  nodes(groupId: string): RunningGroup | undefined;
  /** Notifies waiting requests of a change of the group. */
  announce(groupId: string): void;
  /** Resolves when every running group has applied the current users and parameters. */
  syncNodes(): Promise<void>;
  /** The addresses and roles of the nodes; undefined while they are not running. */
  topology(groupId: string): GroupTopology | undefined;
  /** Resolves at the group's next change, after `milliseconds` or when `signal` aborts. */
  nextChange(groupId: string, milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Runs work in the background; failures are logged. */
  inBackground(task: string, work: () => Promise<void>): void;
  /** Changes the account to record completed work. */
  readonly change: LastingChange;
  /** Aborts when the endpoint closes, so that nothing waits any longer. */
  readonly closing: AbortSignal;
  /** Stops the nodes and keeps their data. */
  close(): Promise<void>;
}

interface Running {
  readonly nodes: RunningGroup;
  readonly configSync: NodeConfigSync;
}

export function createGroups(account: Account, fleet: NodeFleet, log: Logger, snapshotFiles: SnapshotFiles): Groups {
  const running = new Map<string, Running>();
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  const change = createLastingChanges(account, log, closing.signal);
  const changes = createChanges();

  const inBackground: Groups['inBackground'] = (task, work) => {
    const done = work()
      .catch((error: unknown) => log.error({ err: error }, `${task} failed`))
      .finally(() => working.delete(done));
    working.add(done);
  };
  const changeGroup = async (
    id: string,
    work: (group: ReplicationGroupRecord) => string | undefined,
  ): Promise<void> => {
    await change(({ state, record }) => {
      const group = recordOf(state, id);
      const message = group && work(group);
      if (message !== undefined) record('replication-group', id, message);
    });
    changes.announce(id);
  };

  const start = async (id: string): Promise<void> => {
    const group = recordOf(account.state, id);
    if (!group) return;
    const restore = restoredFiles(group, account.state, snapshotFiles);
    const spec = { ...groupSpec(group, account), restore };
    // An interrupted restoration begins again: its folder has only a part of the data.
    if (restore) await fleet.forget(spec.id);
    const nodes = await fleet.start(spec, closing.signal);
    const configSync = createNodeConfigSync({ account, change, groupId: id, nodes, spec, log });
    running.set(id, { nodes, configSync });
    nodes.onEvent(({ type, message, ...where }) => {
      changes.announce(id);
      inBackground(`recording the event ${type}`, () =>
        change(({ record }) => {
          if ('shardId' in where) record('replication-group', id, message);
          else record('cache-cluster', where.nodeId, message);
          if (type === 'failover')
            record('cache-cluster', where.nodeId, `Failover to replica node ${where.nodeId} completed`);
        }),
      );
    });
    // Users and parameters may have changed while the nodes were starting.
    await configSync.sync();
  };

  return {
    inBackground,
    change,
    closing: closing.signal,
    launch(id) {
      const isNew = recordOf(account.state, id)?.status === 'creating';
      const [verb, done] = isNew ? (['create', 'created'] as const) : (['restore', 'restored'] as const);
      inBackground(`starting ${id}`, async () => {
        try {
          await start(id);
        } catch (error) {
          // The group is unchanged; the next run of the endpoint continues with it.
          if (closing.signal.aborted) return;
          log.error({ err: error, group: id }, 'the nodes of a replication group could not be started');
          await changeGroup(id, (group) => {
            group.status = `${verb}-failed`;
            return `Failed to ${verb} replication group ${id}: ${errorMessage(error)}`;
          });
          return;
        }
        if (isNew) await change((draft) => recordNewNodes(draft, id));
        await changeGroup(id, (group) => {
          const nodes = running.get(id)?.nodes;
          if (nodes) keepPorts(group, nodes.topology());
          group.status = 'available';
          return `Replication group ${id} ${done}`;
        });
      });
    },
    remove(id) {
      changes.announce(id);
      inBackground(`deleting ${id}`, async () => {
        const nodes = running.get(id)?.nodes;
        await (nodes ? nodes.destroy() : fleet.forget(fleetId(account.region, id)));
        running.delete(id);
        await change((draft) => forget(draft, id));
        changes.announce(id);
      });
    },
    modify(id, work) {
      changes.announce(id);
      inBackground(`modifying ${id}`, async () => {
        const entry = running.get(id);
        let failure: string | undefined;
        try {
          if (entry) await Promise.all([entry.configSync.sync(), work(entry.nodes)]);
        } catch (error) {
          log.error({ err: error, group: id }, 'modifying a replication group failed');
          failure = `Modifying replication group ${id} failed: ${errorMessage(error)}`;
        }
        await changeGroup(id, (group) => {
          Object.assign(group, { pendingUserGroups: undefined, status: 'available' });
          return failure;
        });
      });
    },
    async syncNodes() {
      await Promise.all([...running.values()].map(({ configSync }) => configSync.sync()));
    },
    nodes: (groupId) => running.get(groupId)?.nodes,
    announce: (groupId) => changes.announce(groupId),
    topology: (groupId) => running.get(groupId)?.nodes.topology(),
    nextChange: (groupId, milliseconds, signal) => changes.next(groupId, milliseconds, signal),
    async close() {
      closing.abort();
      await Promise.all([...running.values()].map(({ nodes }) => nodes.close()));
      await Promise.all(working);
      // Nodes that were starting at the abort may have started since.
      await Promise.all([...running.values()].map(({ nodes }) => nodes.close()));
    },
  };
}

function recordOf({ replicationGroups }: State, id: string): ReplicationGroupRecord | undefined {
  return replicationGroups.find((group) => group.id === id);
}

/** Records AWS's events about the nodes of a new group. */
function recordNewNodes({ state, record }: AccountDraft, id: string): void {
  const group = recordOf(state, id);
  if (!group) return;
  for (const node of group.shards.flatMap(({ nodes }) => nodes)) {
    record('cache-cluster', node.id, `Added cache node 0001 in availability zone ${node.availabilityZone}`);
    record('cache-cluster', node.id, `Updated to use a CacheParameterGroup ${group.parameterGroup}`);
    record('cache-cluster', node.id, 'Cache cluster created');
  }
}

/** Deletes the record of a group whose nodes are gone, and the tags of both. */
function forget({ state, arn, record }: AccountDraft, id: string): void {
  const nodes = recordOf(state, id)?.shards.flatMap((shard) => shard.nodes) ?? [];
  const arns = [arn('replicationgroup', id), ...nodes.map((node) => arn('cluster', node.id))];
  for (const one of arns) Reflect.deleteProperty(state.tags, one);
  deleteAutomaticSnapshots(state, id);
  state.replicationGroups = state.replicationGroups.filter((group) => group.id !== id);
  for (const node of nodes) record('cache-cluster', node.id, 'Cache cluster deleted');
  record('replication-group', id, `Replication group ${id} deleted`);
}
