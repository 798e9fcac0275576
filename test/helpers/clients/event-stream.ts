import type { Result } from './graphql-client.js';
import { readResults } from './streaming-responses.js';

/** A subscription over HTTP. */
export interface EventStream extends AsyncDisposable {
  /** The next result; rejects if the stream ends before it. */
  next(): Promise<Result>;
}

/** Opens a stream, with server-sent events by default; closed with the test's scope. */
export async function listen(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const leave = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leave.signal });
  const results = readResults(response);
  return {
    async next() {
      const { done, value } = await results.next();
      if (done) throw new Error('The stream ended before a further result came.');
      return value;
    },
    [Symbol.asyncDispose]() {
      leave.abort();
      return Promise.resolve();
    },
  };
}
