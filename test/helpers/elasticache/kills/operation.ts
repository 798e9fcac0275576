import type { ElastiCache } from '@aws-sdk/client-elasticache';
import type { Acknowledged } from './acknowledged-writer.js';
import type { AccountView } from './account-view.js';
import type { Random } from './random.js';

/** The state before an operation, from which it is chosen. */
export interface Situation {
  readonly random: Random;
  readonly before: AccountView;
  /** A name that was not used before. */
  newName(this: void, prefix: string): string;
  /** The writes to this group that were acknowledged until now. */
  acknowledgedOf(this: void, groupId: string): Acknowledged;
  /** The least that each snapshot must contain, by its name. */
  readonly contents: Map<string, Acknowledged>;
}

/** One change of the account. */
export interface Operation {
  /** A description for people. */
  readonly name: string;
  /** How long its work usually takes. */
  readonly spanMs: number;
  send(client: ElastiCache): Promise<unknown>;
  /**
   * Checks its effect, after the endpoint was killed and started again.
   * @param isAcknowledged whether the endpoint had answered it. If not, it may have happened or not.
   * @throws Error if it has neither taken effect, nor do the events report that it has not
   */
  check(after: Aftermath, isAcknowledged: boolean): void | Promise<void>;
}

/** The state after the next start. */
export interface Aftermath {
  readonly client: ElastiCache;
  readonly view: AccountView;
  /** Whether an event since the operation has a message like this. */
  hasEvent(this: void, message: RegExp): boolean;
}

/** Creates the operation; undefined if it is impossible now. */
export type OperationFactory = (situation: Situation) => Operation | undefined;
