import { createClient, type Client, type ExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';
import { keepWritten } from '../run/written.js';

/** A result as JSON. */
export interface Result {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

/** One operation by POST, as a front-end sends it. */
export async function post(url: string, query: string, variables?: Record<string, unknown>): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const result = (await response.json()) as Result;
  if (result.errors) keepWritten('answer', JSON.stringify(result.errors));
  return result;
}

/** The data of one operation by POST, which must have no errors. */
export async function data(url: string, query: string, variables?: Record<string, unknown>): Promise<any> {
  const result = await post(url, query, variables);
  if (result.errors) throw new Error(JSON.stringify(result.errors));
  return result.data;
}

/** The client of graphql-ws, closed with the test's scope. It reconnects only on request. */
export function connect(
  url: string,
  {
    headers = {},
    connectionParams = {},
    retryAttempts = 0,
  }: { retryAttempts?: number; headers?: Record<string, string>; connectionParams?: Record<string, unknown> } = {},
): Client & AsyncDisposable {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers });
      }
    },
    connectionParams,
    retryAttempts,
  });
  return {
    ...client,
    [Symbol.asyncDispose]: async () => {
      await client.dispose();
    },
  };
}

/** The results of a subscription. */
export interface Subscribed extends AsyncDisposable {
  /** All results so far. */
  readonly results: readonly ExecutionResult<Record<string, any>>[];
  /** The next result that was not returned yet; rejects if the subscription fails or ends before it. */
  next(): Promise<ExecutionResult<Record<string, any>>>;
  /** Its end: resolves if the server completed it, rejects with the server's error. */
  readonly ended: Promise<void>;
  /** Completes it from the client's side. */
  leave(): void;
}

export function subscribe(client: Client, query: string, variables?: Record<string, unknown>): Subscribed {
  const results: ExecutionResult<Record<string, any>>[] = [];
  let taken = 0;
  let wake: () => void = () => undefined;
  let over = false;
  let leave: () => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    leave = client.subscribe<Record<string, any>>(variables ? { query, variables } : { query }, {
      next(result) {
        results.push(result as ExecutionResult<Record<string, any>>);
        wake();
      },
      error: (reason) =>
        reject(reason instanceof Error ? reason : Object.assign(new Error(JSON.stringify(reason)), { reason })),
      complete: resolve,
    });
  });
  ended
    .catch(() => undefined)
    .finally(() => {
      over = true;
      wake();
    });
  return {
    results,
    ended,
    leave: () => leave(),
    async next() {
      while (results.length <= taken) {
        if (over) {
          await ended;
          throw new Error('The subscription ended before a further result came.');
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return results[taken++]!;
    },
    async [Symbol.asyncDispose]() {
      leave();
      await ended.catch(() => undefined);
    },
  };
}

/** Resolves when the server has received all earlier subscriptions of the client. */
export async function isOpen(client: Client): Promise<void> {
  await using opened = subscribe(client, '{ __typename }');
  await opened.next();
}
