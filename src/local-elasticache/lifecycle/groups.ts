import type { Logger } from '../../telemetry/log.js';
import type { GroupTopology, NodeFleet, RunningGroup } from '../nodes/interfaces.js';
import type { Account } from '../state/account.js';
import { createBackgroundTasks } from './background-tasks.js';
import { createChanges } from './changes.js';
import { changeClusterMode } from './group-tasks/change-cluster-mode.js';
import { deleteGroup } from './group-tasks/delete-group.js';
import { launchGroup } from './group-tasks/launch-group.js';
import { makePendingChanges, modifyGroup } from './group-tasks/modify-group.js';
import { rebootNode } from './group-tasks/reboot-node.js';
import type { GroupTaskContext } from './group-tasks/task-context.js';
import { createLastingChanges, type LastingChange } from './lasting-changes.js';
import { createRunningGroups } from './running-groups.js';
import type { SnapshotFiles } from './snapshots/snapshot-files.js';

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

export function createGroups(account: Account, fleet: NodeFleet, log: Logger, snapshotFiles: SnapshotFiles): Groups {
  const closing = new AbortController();
  const tasks = createBackgroundTasks(log);
  const change = createLastingChanges(account, log, closing.signal);
  const changes = createChanges();
  const shared = { account, fleet, change, changes, log, closing: closing.signal };
  const running = createRunningGroups({ ...shared, snapshotFiles, inBackground: tasks.run });
  const context: GroupTaskContext = { ...shared, running, stopped: new Map() };

  /** Begins a task whose caller has changed the record of the group. */
  const begin = (groupId: string, task: string, work: () => Promise<void>): void => {
    changes.announce(groupId);
    tasks.run(task, work);
  };
  const modify: Groups['modify'] = (id, work) => begin(id, `modifying ${id}`, () => modifyGroup(context, id, work));
  const closeNodes = async (): Promise<void> => {
    await Promise.all(running.all().map(({ nodes }) => nodes.close()));
  };

  return {
    launch: (id) => tasks.run(`starting ${id}`, () => launchGroup(context, id)),
    remove: (id) => begin(id, `deleting ${id}`, () => deleteGroup(context, id)),
    modify,
    applyPendingChanges: (id) => modify(id, (nodes) => makePendingChanges(context, id, nodes)),
    changeClusterMode: (id) => begin(id, `changing the cluster mode of ${id}`, () => changeClusterMode(context, id)),
    reboot: (id, nodeId) => begin(id, `rebooting ${nodeId}`, () => rebootNode(context, id, nodeId)),
    rename(fromId, toId) {
      running.rename(fromId, toId);
      changes.announce(fromId);
    },
    nodes: (groupId) => running.get(groupId)?.nodes,
    topology: (groupId) => running.get(groupId)?.nodes.topology() ?? context.stopped.get(groupId),
    announce: (groupId) => changes.announce(groupId),
    nextChange: (groupId, milliseconds, signal) => changes.next(groupId, milliseconds, signal),
    async syncNodes() {
      await Promise.all(running.all().map(({ configSync }) => configSync.sync()));
    },
    inBackground: tasks.run,
    change,
    closing: closing.signal,
    async close() {
      closing.abort();
      await closeNodes();
      await tasks.settled();
      // Nodes that were starting at the abort may have started since.
      await closeNodes();
    },
  };
}
