import type { Logger } from '../../telemetry/log.js';
import type { GroupTopology, NodeFleet, RunningGroup } from '../nodes/interfaces.js';
import type { Account, AccountDraft } from '../state/account.js';
import { resourceOf, sentenceTitle } from '../state/cache-clusters.js';
import { groupRecord } from '../state/group-record.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import { createChanges } from './changes.js';
import { clusterModeOf } from './cluster-mode.js';
import { fleetId, keepPorts, shardSpecs } from './group-spec.js';
import { applyPendingChanges, settlePendingChanges } from './apply-pending-changes.js';
import { createLastingChanges, type LastingChange } from './lasting-changes.js';
import type { SnapshotFiles } from './snapshots/snapshot-files.js';
import { endReboot } from './reboot-nodes.js';
import { forgetGroup } from './forget-group.js';
import { recordNewNodes, recordRestart } from './node-events.js';
import { createRunningGroups } from './running-groups.js';
import { settleShape } from './shape-change.js';
import { startInOtherMode } from './start-in-other-mode.js';
import { failureReason } from '../state/write-failure.js';

/** Manages the replication groups of one region: starts and stops their nodes, and keeps the statuses that clients see. */
export interface Groups {
  /** Starts the nodes of a group with status creating or modifying. It becomes available, or failed with an event. */
  launch(groupId: string): void;
  /** Stops the nodes of a group with status deleting, deletes their data, and then the record. */
  remove(groupId: string): void;
  /** Runs the work while the group is modifying. Then the group is available again, even if the work failed. */
  modify(groupId: string, work: (running: RunningGroup) => Promise<void>): void;
  /** Changes the cluster mode to `pendingClusterMode`. If that fails, the nodes run in the former mode again. */
  changeClusterMode(groupId: string): void;
  /** Restarts the process of a node of which `beginReboot` was recorded. */
  reboot(groupId: string, nodeId: string): void;
  /** Continues to run the nodes of a group whose ID has changed. */
  rename(fromId: string, toId: string): void;
  /** Makes the pending changes of a group, which `beginPendingChanges` has recorded, like `modify`. */
  applyPendingChanges(groupId: string): void;
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

/** The fields of a group that describe a change in progress, when none is. */
const settled: Partial<ReplicationGroupRecord> = {
  pendingAuthToken: undefined,
  pendingUserGroups: undefined,
  failingOver: undefined,
  promotingNode: undefined,
  status: 'available',
};

export function createGroups(account: Account, fleet: NodeFleet, log: Logger, snapshotFiles: SnapshotFiles): Groups {
  /** The last topology of groups whose nodes are being started again. */
  const stopped = new Map<string, GroupTopology>();
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
  const running = createRunningGroups({
    ...{ account, fleet, snapshotFiles, change, inBackground, changes, log },
    closing: closing.signal,
  });
  const changeGroup = async (
    id: string,
    work: (group: ReplicationGroupRecord, draft: AccountDraft) => string | undefined,
  ): Promise<void> => {
    await change((draft) => {
      const group = groupRecord(draft.state, id);
      const message = group && work(group, draft);
      if (group && message !== undefined) {
        const { id: sourceId, sourceType } = resourceOf(group);
        draft.record(sourceType, sourceId, message);
      }
    });
    changes.announce(id);
  };

  const describeFailure = (id: string, error: unknown): string => {
    log.error({ err: error, group: id }, 'modifying a replication group failed');
    const group = groupRecord(account.state, id);
    return `Modifying ${group ? resourceOf(group).title : id} failed: ${failureReason(error)}`;
  };

  const makePendingChanges = async (id: string, nodes: RunningGroup): Promise<void> => {
    const group = groupRecord(account.state, id);
    if (!group) return;
    const recordChecked = (): Promise<void> =>
      changeGroup(id, ({ pendingChanges }) => {
        if (pendingChanges) pendingChanges.isChecked = true;
        return undefined;
      });
    const onUndoFailed = (cause: unknown): void =>
      log.error({ err: cause, group: id }, 'undoing a change of the nodes failed');
    await applyPendingChanges(nodes, group, account.state, { recordChecked, onUndoFailed }, closing.signal);
  };

  /** Finishes a change of the nodes that an earlier run began. */
  const finishChange = async (id: string, nodes: RunningGroup): Promise<void> => {
    const group = groupRecord(account.state, id);
    if (group?.pendingChanges?.isApplying) await makePendingChanges(id, nodes);
    else if (group?.targetShards) await nodes.reshape(shardSpecs(group.targetShards));
  };

  const modify: Groups['modify'] = (id, work) => {
    changes.announce(id);
    inBackground(`modifying ${id}`, async () => {
      const entry = running.get(id);
      let failure: string | undefined;
      try {
        if (entry) await Promise.all([entry.configSync.sync(), work(entry.nodes)]);
      } catch (error) {
        // The next run of the endpoint continues to change the nodes, or reports that the work was interrupted.
        if (closing.signal.aborted) return;
        failure = describeFailure(id, error);
      }
      await changeGroup(id, (group, draft) => {
        if (entry) settleShape(draft, group, entry.nodes.topology());
        settlePendingChanges(draft, group, failure !== undefined);
        Object.assign(group, settled);
        return failure;
      });
      // The nodes have the settings of the changes, which `configSync` does not know yet.
      await entry?.configSync.sync();
    });
  };

  const changeMode = async (id: string): Promise<void> => {
    const nodes = running.get(id)?.nodes;
    const pending = groupRecord(account.state, id)?.pendingClusterMode;
    if (!nodes || !pending) return;
    try {
      await startInOtherMode({
        nodes,
        pending,
        onStopped() {
          // Clients still find the addresses of the nodes.
          stopped.set(id, nodes.topology());
          running.remove(id);
        },
        change: (work) =>
          changeGroup(id, (group) => {
            work(group);
            return undefined;
          }),
        start: () => running.start(id),
        onUndo: (cause) => log.error({ err: cause, group: id }, 'undoing a change of the cluster mode'),
        closing: closing.signal,
      });
    } finally {
      stopped.delete(id);
    }
  };

  return {
    inBackground,
    change,
    closing: closing.signal,
    launch(id) {
      const isNew = groupRecord(account.state, id)?.status === 'creating';
      const [verb, done] = isNew ? (['create', 'created'] as const) : (['restore', 'restored'] as const);
      inBackground(`starting ${id}`, async () => {
        try {
          await running.start(id);
        } catch (error) {
          // The group is unchanged; the next run of the endpoint continues with it.
          if (closing.signal.aborted) return;
          log.error({ err: error, group: id }, 'the nodes of a replication group could not be started');
          await changeGroup(id, (group) => {
            group.status = `${verb}-failed`;
            return `Failed to ${verb} ${resourceOf(group).title}: ${failureReason(error)}`;
          });
          return;
        }
        const nodes = running.get(id)?.nodes;
        let failure: string | undefined;
        try {
          if (nodes) await finishChange(id, nodes);
        } catch (error) {
          if (closing.signal.aborted) return;
          failure = describeFailure(id, error);
        }
        await changeGroup(id, (group, draft) => {
          if (nodes) {
            settleShape(draft, group, nodes.topology());
            keepPorts(group, nodes.topology());
          }
          settlePendingChanges(draft, group, failure !== undefined);
          if (isNew) recordNewNodes(draft.record, group);
          group.status = 'available';
          // The event of its node says so already.
          const isReported = isNew && group.isStandalone === true;
          return failure ?? (isReported ? undefined : `${sentenceTitle(group)} ${done}`);
        });
        await running.get(id)?.configSync.sync();
      });
    },
    remove(id) {
      changes.announce(id);
      inBackground(`deleting ${id}`, async () => {
        const nodes = running.get(id)?.nodes;
        const group = groupRecord(account.state, id);
        await (nodes ? nodes.destroy() : fleet.forget(fleetId(account.region, group ?? { id })));
        running.remove(id);
        await change((draft) => forgetGroup(draft, id));
        changes.announce(id);
      });
    },
    modify,
    applyPendingChanges(id) {
      modify(id, (nodes) => makePendingChanges(id, nodes));
    },
    changeClusterMode(id) {
      changes.announce(id);
      inBackground(`changing the cluster mode of ${id}`, async () => {
        let failure: string | undefined;
        try {
          await changeMode(id);
        } catch (error) {
          // The next run of the endpoint starts the nodes in the recorded mode.
          if (closing.signal.aborted) return;
          failure = describeFailure(id, error);
        }
        await changeGroup(id, (group, { record }) => {
          const isRunning = running.get(id) !== undefined;
          Object.assign(group, { pendingClusterMode: undefined, status: isRunning ? 'available' : 'restore-failed' });
          if (isRunning && failure === undefined) recordRestart(record, group);
          return failure ?? `Cluster mode of replication group ${id} is now ${clusterModeOf(group)}`;
        });
      });
    },
    reboot(id, nodeId) {
      changes.announce(id);
      inBackground(`rebooting ${nodeId}`, async () => {
        let failure: string | undefined;
        try {
          await running.get(id)?.nodes.reboot(nodeId);
        } catch (error) {
          // The next start of the endpoint starts the node too.
          if (closing.signal.aborted) return;
          log.error({ err: error, node: nodeId }, 'rebooting a node failed');
          failure = `Rebooting cache node 0001 failed: ${failureReason(error)}`;
        }
        await change((draft) => {
          endReboot(draft, id, nodeId);
          if (failure !== undefined) draft.record('cache-cluster', nodeId, failure);
        });
        changes.announce(id);
      });
    },
    async syncNodes() {
      await Promise.all(running.all().map(({ configSync }) => configSync.sync()));
    },
    rename(fromId, toId) {
      running.rename(fromId, toId);
      changes.announce(fromId);
    },
    nodes: (groupId) => running.get(groupId)?.nodes,
    announce: (groupId) => changes.announce(groupId),
    topology: (groupId) => running.get(groupId)?.nodes.topology() ?? stopped.get(groupId),
    nextChange: (groupId, milliseconds, signal) => changes.next(groupId, milliseconds, signal),
    async close() {
      closing.abort();
      await Promise.all(running.all().map(({ nodes }) => nodes.close()));
      await Promise.all(working);
      // Nodes that were starting at the abort may have started since.
      await Promise.all(running.all().map(({ nodes }) => nodes.close()));
    },
  };
}
