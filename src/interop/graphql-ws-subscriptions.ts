import type { Context } from 'graphql-ws';

/**
 * Keeps a subscription in the table of graphql-ws without a loop of graphql-ws that waits for its results.
 *
 * For each subscription graphql-ws keeps the message, the arguments and a suspended `for await` loop, which is more memory than all
 * the rest of an idle subscription; and it stringifies each result for each client, which is 90 µs of CPU for a delivery instead of
 * 1 µs (docs/decisions/websocket-fast-path.md). So its loop ends at once, and only an entry in its table remains.
 *
 * Relies on these internals of graphql-ws 6.4:
 * - `context.subscriptions`, which is documented as an overview to read, is also where graphql-ws finds the iterator that it ends when
 *   the client sends `complete` or the socket closes, and the IDs that a client may not use again.
 * - It sends no `complete` for an operation that is not in the table when its loop ends.
 * - It deletes the entry when the loop ends, before the promise of its message handler settles, and not later.
 */
export class ParkedIterator implements AsyncIterableIterator<never> {
  readonly #owner: ParkedIteratorOwner;

  constructor(owner: ParkedIteratorOwner) {
    this.#owner = owner;
  }

  next(): Promise<IteratorReturnResult<undefined>> {
    return this.#owner.onLoopStart();
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#owner.onReturn();
    return Promise.resolve(endOfLoop);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export interface ParkedIteratorOwner {
  /** graphql-ws starts its loop. Resolves with `endOfLoop`, or rejects with the error that graphql-ws sends. */
  onLoopStart(): Promise<typeof endOfLoop>;
  /** The client has completed the subscription, or its socket has closed. */
  onReturn(): void;
}

export const endOfLoop: IteratorReturnResult<undefined> = { done: true, value: undefined };

type Table = Pick<Context, 'subscriptions'>;

export function addSubscription({ subscriptions }: Table, id: string, iterator: ParkedIterator): void {
  subscriptions[id] = iterator;
}

/** Does nothing if the ID belongs to another subscription by now. */
export function removeSubscription({ subscriptions }: Table, id: string, iterator: ParkedIterator): void {
  if (subscriptions[id] === iterator) Reflect.deleteProperty(subscriptions, id);
}

/**
 * Removes the payload of `connection_init`, which may contain a token, from the context that graphql-ws keeps as long as the socket.
 * It is declared readonly; graphql-ws itself reads it in no later step.
 */
export function forgetConnectionParams(context: Pick<Context, 'connectionParams'>): void {
  Object.assign(context, { connectionParams: undefined });
}
