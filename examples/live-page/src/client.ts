import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';

declare module '@urql/core' {
  interface OperationContext {
    /** Variables that a subscription takes after a reconnect, in place of those that it began with. */
    resumeWith?: () => Record<string, unknown>;
  }
}

export type Connection = 'connecting' | 'live' | 'reconnecting';

/**
 * Queries and mutations go over HTTP, subscriptions over one WebSocket that comes back by itself. Mutations must not go over
 * the socket: what was under way when a connection broke is sent again, which would run a mutation twice.
 *
 * @param url the GraphQL endpoint, e.g. `http://127.0.0.1:4000/graphql`
 */
export function createApiClient(url: string, onConnection: (connection: Connection) => void): Client {
  const socket = createSocket(url, onConnection);
  return new Client({
    url,
    preferGetMethod: false,
    // No cache: everything on this page is live.
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }, { context }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              {
                query,
                // graphql-ws reads this each time it sends the subscription, also after a reconnect.
                get variables() {
                  return { ...variables, ...context.resumeWith?.() };
                },
              },
              sink,
            ),
          }),
        }),
      }),
    ],
  });
}

function createSocket(url: string, onConnection: (connection: Connection) => void) {
  let silence: ReturnType<typeof setTimeout>;
  const socket = createClient({
    url: url.replace(/^http/, 'ws'),
    // Connects at the start, so that the page can show at once whether the API is reachable.
    lazy: false,
    retryAttempts: Infinity,
    retryWait,
    // Browsers report a refused connection by an event without a reason, which graphql-ws would treat as final.
    shouldRetry: () => true,
    keepAlive: 10_000,
    on: {
      connecting: (isRetry) => onConnection(isRetry ? 'reconnecting' : 'connecting'),
      connected: () => onConnection('live'),
      closed: () => {
        clearTimeout(silence);
        onConnection('reconnecting');
      },
      // A server that disappears silently, e.g. while a laptop sleeps, is detected by a missing pong.
      ping: (received) => {
        if (!received) silence = setTimeout(() => socket.terminate(), 5_000);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
    },
  });
  return socket;
}

/** Waits up to 0.5, 1, 2, 4, then 8 seconds, at random, so that not all pages reconnect at once. */
async function retryWait(retries: number): Promise<void> {
  const longest = Math.min(500 * 2 ** retries, 8_000);
  await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}
