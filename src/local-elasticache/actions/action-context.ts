import type { Groups } from '../lifecycle/groups.js';
import type { Account, AccountDraft } from '../state/account.js';

/** What the operations work on. */
export interface ActionContext {
  readonly account: Account;
  readonly groups: Groups;
}

/**
 * An action that changes nothing: reads its input, which has the shape of its schema, and returns its output. `signal` aborts
 * when the client has gone.
 */
export type Action<Input, Output> = (
  endpoint: ActionContext,
  input: Input,
  signal: AbortSignal,
) => Output | Promise<Output>;

/** What an action that changes something works on. */
export interface ChangeContext {
  /** A draft: it becomes the account's state if it can be stored, and is dropped if not. */
  readonly account: AccountDraft;
  readonly groups: Groups;
  /** Has this done once the change is stored, and never if it is not: nodes start, stop and learn of users in here. */
  afterwards(this: void, work: () => void): void;
}

/** An action that changes something: whatever it throws, nothing has changed. */
export type Change<Input, Output> = (context: ChangeContext, input: Input) => Output;

/** Runs such an action: it is answered, and has effects, when it is stored. */
export async function makeChange<Input, Output>(
  { account, groups }: ActionContext,
  change: Change<Input, Output>,
  input: Input,
): Promise<Output> {
  const effects: (() => void)[] = [];
  const output = await account.change((draft) =>
    change({ account: draft, groups, afterwards: (work) => void effects.push(work) }, input),
  );
  for (const effect of effects) effect();
  return output;
}
