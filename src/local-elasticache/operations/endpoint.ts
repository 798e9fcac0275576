import type { Groups } from '../lifecycle/groups.js';
import type { Account } from '../state/account.js';

/** What the operations work on. */
export interface Endpoint {
  readonly account: Account;
  readonly groups: Groups;
}

/**
 * One action: reads its input, which has the shape of its schema, and returns its output. What it refuses it throws,
 * before it changes anything. `signal` aborts when the client has gone.
 */
export type Operation<Input, Output> = (
  endpoint: Endpoint,
  input: Input,
  signal: AbortSignal,
) => Output | Promise<Output>;
