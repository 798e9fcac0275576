import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const url = process.env.CACHEGRAPH_URL ?? 'http://127.0.0.1:4000/graphql';
/** An API key, if callers must authenticate. */
const key = process.env.CACHEGRAPH_API_KEY;
const credentials = key === undefined ? {} : { authorization: `Bearer ${key}` };

/** For subscriptions: always reconnects, and subscribes again. */
export const socket = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: credentials,
  retryAttempts: Infinity,
  shouldRetry: () => true,
});

/** Runs a mutation over HTTP, which never sends it twice. Rejects if it fails. */
export async function mutate(query, input) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = await response.json();
  const problem = errors?.[0] ?? Object.values(data)[0].userErrors[0];
  if (problem) throw new Error(problem.message);
}
