import type { EventRecord } from './records/event.js';
import { initialState, type State } from './region-state.js';
import type { StateStore } from './store.js';

/** The resource types in ARNs. */
export type ResourceKind =
  'replicationgroup' | 'cluster' | 'user' | 'usergroup' | 'subnetgroup' | 'parametergroup' | 'snapshot';

/** The current state of one region of the one AWS account that the local endpoint simulates. */
export interface AccountView {
  readonly region: string;
  /** The stored state; in a change, its draft. */
  readonly state: State;
  arn(this: void, kind: ResourceKind, id: string): string;
}

/** The region during a change. */
export interface AccountDraft extends AccountView {
  /** Adds an event for DescribeEvents. */
  record(this: void, sourceType: EventRecord['sourceType'], sourceId: string, message: string): void;
}

export interface Account extends AccountView {
  /**
   * Makes a change. Resolves to the result of `work` once the change is on disk. If `work` throws or the change cannot
   * be stored, nothing has changed.
   * @throws StateNotStored
   */
  change<Value>(this: void, work: (draft: AccountDraft) => Value): Promise<Value>;
}

const maxEvents = 1000;

export function createAccount(store: StateStore, region: string, accountId: string): Account {
  const fresh = initialState(region);
  const arn = (kind: ResourceKind, id: string): string => `arn:aws:elasticache:${region}:${accountId}:${kind}:${id}`;
  return {
    region,
    arn,
    get state() {
      return store.state.regions[region] ?? fresh;
    },
    change: (work) =>
      store.change(({ regions }) => {
        const state = (regions[region] ??= structuredClone(fresh));
        return work({
          region,
          arn,
          state,
          record(sourceType, sourceId, message) {
            state.events.push({ sourceType, sourceId, message, date: new Date().toISOString() });
            state.events.splice(0, state.events.length - maxEvents);
          },
        });
      }),
  };
}
