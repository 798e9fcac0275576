import type { Logger } from '../telemetry/log.js';
import type { ActionContext } from './actions/action-context.js';
import { createGroups } from './lifecycle/groups.js';
import { createSnapshotFiles } from './lifecycle/snapshots/snapshot-files.js';
import { createMaintenance, type Maintenance } from './lifecycle/maintenance.js';
import { createSnapshots } from './lifecycle/snapshots/snapshots.js';
import { completeChanges, resume } from './lifecycle/resume.js';
import type { NodeFleet } from './nodes/interfaces.js';
import { createAccount } from './state/account.js';
import { defaultRegion } from './state/region-state.js';
import type { StateStore } from './state/store.js';

/** The regions of the account, each with its own resources. */
export interface Regions {
  /** The region of this name, which is empty if nothing was created in it. */
  of(name: string): ActionContext;
  /** The regions with resources, and those that requests named. */
  all(): readonly ActionContext[];
  /** Completes what an earlier run did not finish, in the state. */
  completeChanges(): Promise<void>;
  /** Starts the nodes of all regions. */
  resume(): void;
  /** Does what is due at this time: automatic snapshots, and changes that wait for a maintenance window. */
  tick(): Promise<void>;
  /** Stops the nodes and keeps their data. */
  close(): Promise<void>;
}

interface RegionsOptions {
  readonly store: StateStore;
  readonly accountId: string;
  readonly fleet: NodeFleet;
  /** The folder of the snapshots of all regions. */
  readonly snapshotDir: string;
  readonly now: () => Date;
  readonly log: Logger;
}

export function createRegions({ store, accountId, fleet, snapshotDir, now, log }: RegionsOptions): Regions {
  const files = createSnapshotFiles(snapshotDir);
  const regions = new Map<string, ActionContext & { readonly maintenance: Maintenance }>();
  const of = (name: string): ActionContext => {
    const known = regions.get(name);
    if (known) return known;
    const account = createAccount(store, name, accountId);
    const groups = createGroups(account, fleet, log, files);
    const made = {
      account,
      groups,
      snapshots: createSnapshots({ account, groups, files, now, log }),
      maintenance: createMaintenance({ account, groups, now }),
    };
    regions.set(name, made);
    return made;
  };
  for (const name of [defaultRegion, ...Object.keys(store.state.regions)]) of(name);
  return {
    of,
    all: () => [...regions.values()],
    async completeChanges() {
      await Promise.all([...regions.values()].map(({ account }) => account.change(completeChanges)));
    },
    resume() {
      const folders = [...regions.values()].flatMap(({ account }) => account.state.snapshots ?? []);
      const kept = new Set(folders.map(({ folder }) => folder));
      for (const { account, groups, snapshots } of regions.values()) {
        resume(account, groups);
        snapshots.removeDeleted();
      }
      // Files that an interrupted run left behind.
      of(defaultRegion).groups.inBackground('removing incomplete snapshots', () => files.removeOthers(kept));
    },
    async tick() {
      await Promise.all(
        [...regions.values()].flatMap(({ snapshots, maintenance }) => [snapshots.tick(), maintenance.tick()]),
      );
    },
    async close() {
      await Promise.all([...regions.values()].map(({ groups }) => groups.close()));
    },
  };
}
