import type { Logger } from '../../telemetry/log.js';
import type { NodeFleet, RunningGroup } from '../nodes/interfaces.js';
import type { Account } from '../state/account.js';
import { groupRecord } from '../state/group-record.js';
import type { Changes } from './changes.js';
import { groupSpec } from './group-spec.js';
import type { LastingChange } from './lasting-changes.js';
import { createNodeConfigSync, type NodeConfigSync } from './node-config-sync.js';
import { recordNodeEvent } from './node-events.js';
import type { SnapshotFiles } from './snapshots/snapshot-files.js';
import { restoredFiles } from './snapshots/snapshot-records.js';

interface Running {
  /** The ID of the group, which may change. */
  groupId: string;
  readonly nodes: RunningGroup;
  readonly configSync: NodeConfigSync;
}

/** The groups whose nodes run, by the IDs of the groups. */
export interface RunningGroups {
  /** Starts the nodes of a group as they are recorded, with its current users and parameters, if it still exists. */
  start(this: void, groupId: string): Promise<void>;
  get(groupId: string): Readonly<Running> | undefined;
  all(): readonly Readonly<Running>[];
  /** The ID of a group has changed. Its nodes go on running. */
  rename(fromId: string, toId: string): void;
  /** To be called when the nodes have stopped. */
  remove(groupId: string): void;
}

interface RunningGroupsOptions {
  readonly account: Account;
  readonly fleet: NodeFleet;
  readonly snapshotFiles: SnapshotFiles;
  readonly change: LastingChange;
  readonly inBackground: (task: string, work: () => Promise<void>) => void;
  readonly changes: Changes;
  readonly log: Logger;
  readonly closing: AbortSignal;
}

export function createRunningGroups(options: RunningGroupsOptions): RunningGroups {
  const { account, fleet, snapshotFiles, change, inBackground, changes, log, closing } = options;
  const running = new Map<string, Running>();
  return {
    async start(id) {
      const group = groupRecord(account.state, id);
      if (!group) return;
      const restore = restoredFiles(group, account.state, snapshotFiles);
      const spec = { ...groupSpec(group, account), restore };
      // An interrupted restoration begins again: its folder has only a part of the data.
      if (restore) await fleet.forget(spec.id);
      const nodes = await fleet.start(spec, closing);
      const groupId = (): string => entry.groupId;
      const configSync = createNodeConfigSync({ account, change, groupId, nodes, spec, log });
      const entry: Running = { groupId: id, nodes, configSync };
      running.set(id, entry);
      nodes.onEvent((event) => {
        changes.announce(groupId());
        inBackground(`recording the event ${event.type}`, () =>
          change(({ state, record }) => {
            const recorded = groupRecord(state, groupId());
            if (recorded) recordNodeEvent(record, recorded, event);
          }),
        );
      });
      // Users and parameters may have changed while the nodes were starting.
      await configSync.sync();
    },
    get: (groupId) => running.get(groupId),
    all: () => [...running.values()],
    rename(fromId, toId) {
      const entry = running.get(fromId);
      if (!entry) return;
      running.delete(fromId);
      entry.groupId = toId;
      running.set(toId, entry);
    },
    remove: (groupId) => void running.delete(groupId),
  };
}
