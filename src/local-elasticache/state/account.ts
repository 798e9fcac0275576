import type { EventRecord, State } from './model.js';
import type { StateStore } from './store.js';

/** The kinds of resource that ARNs speak of. */
export type ResourceKind = 'replicationgroup' | 'cluster' | 'user' | 'usergroup' | 'subnetgroup' | 'parametergroup';

/** The one AWS account that the local endpoint plays. */
export interface Account {
  readonly region: string;
  readonly state: State;
  /** Resolves when the state as it is now will survive a crash. */
  save(): Promise<void>;
  arn(this: void, kind: ResourceKind, id: string): string;
  /** Notes what DescribeEvents tells. */
  record(this: void, sourceType: EventRecord['sourceType'], sourceId: string, message: string): void;
}

const mostEvents = 1000;

export function createAccount(store: StateStore, region: string, accountId: string): Account {
  const { state } = store;
  return {
    region,
    state,
    save: () => store.save(),
    arn: (kind, id) => `arn:aws:elasticache:${region}:${accountId}:${kind}:${id}`,
    record(sourceType, sourceId, message) {
      state.events.push({ sourceType, sourceId, message, date: new Date().toISOString() });
      state.events.splice(0, state.events.length - mostEvents);
    },
  };
}
