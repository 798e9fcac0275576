import type { Result } from './graphql-client.js';

/** A subscription over server-sent events. */
export interface EventStream extends AsyncDisposable {
  /** The next result; rejects where the stream ends before it. */
  next(): Promise<Result>;
}

/** Opens a stream; it is left with the test's scope. */
export async function listen(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const leave = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leave.signal });
  const chunks = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let text = '';
  return {
    async next() {
      for (;;) {
        const event = /^event: next\n(?:id: .*\n)?data: (.*)\n\n/m.exec(text);
        if (event) {
          text = text.slice(event.index + event[0].length);
          return JSON.parse(event[1]!) as Result;
        }
        const { done, value } = await chunks.next();
        if (done) throw new Error(`The stream ended after ${text}`);
        text += value;
      }
    },
    [Symbol.asyncDispose]() {
      leave.abort();
      return Promise.resolve();
    },
  };
}
