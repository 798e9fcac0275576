import type { Groups } from '../lifecycle/groups.js';
import type { Snapshots } from '../lifecycle/snapshots/snapshots.js';
import type { Account, AccountDraft } from '../state/account.js';

/** The account in the region of the request, and its replication groups, on which actions operate. */
export interface ActionContext {
  readonly account: Account;
  readonly groups: Groups;
  readonly snapshots: Snapshots;
}

/**
 * An action that changes nothing. Its input and output have the shapes of its schema. `signal` aborts when the client
 * disconnects.
 */
export type Action<Input, Output> = (
  endpoint: ActionContext,
  input: Input,
  signal: AbortSignal,
) => Output | Promise<Output>;

/** The context of an action that changes the account. */
export interface ChangeContext {
  /** A draft, which becomes the account's state if it can be stored. */
  readonly account: AccountDraft;
  readonly groups: Groups;
  readonly snapshots: Snapshots;
  /** Registers an effect, such as starting nodes. It runs once the change is stored, and never if the change is not stored. */
  afterStored(this: void, work: () => void): void;
}

/** An action that changes the account. If it throws, nothing has changed. */
export type Change<Input, Output> = (context: ChangeContext, input: Input) => Output;

/** Runs a changing action. Its answer and its effects follow once the change is stored. */
export async function makeChange<Input, Output>(
  { account, groups, snapshots }: ActionContext,
  change: Change<Input, Output>,
  input: Input,
): Promise<Output> {
  const effects: (() => void)[] = [];
  const output = await account.change((draft) =>
    change({ account: draft, groups, snapshots, afterStored: (work) => void effects.push(work) }, input),
  );
  for (const effect of effects) effect();
  return output;
}
