import type { Logger } from '../telemetry/log.js';
import type { ActionContext } from './actions/action-context.js';
import { createGroups } from './lifecycle/groups.js';
import { completeChanges, resume } from './lifecycle/resume.js';
import type { NodeFleet } from './nodes/interfaces.js';
import { createAccount } from './state/account.js';
import { defaultRegion } from './state/model.js';
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
  /** Stops the nodes and keeps their data. */
  close(): Promise<void>;
}

export function createRegions(store: StateStore, accountId: string, fleet: NodeFleet, log: Logger): Regions {
  const regions = new Map<string, ActionContext>();
  const of = (name: string): ActionContext => {
    const known = regions.get(name);
    if (known) return known;
    const account = createAccount(store, name, accountId);
    const made = { account, groups: createGroups(account, fleet, log) };
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
      for (const { account, groups } of regions.values()) resume(account, groups);
    },
    async close() {
      await Promise.all([...regions.values()].map(({ groups }) => groups.close()));
    },
  };
}
