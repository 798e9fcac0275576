import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

const query = `subscription ($stream: String!, $after: StreamId!) {
  streamEntries(cluster: "orders", stream: $stream, after: $after) { entries { entryId } gap { reason } }
}`;
interface TailResult {
  readonly streamEntries: { readonly entries: readonly { entryId: string }[]; readonly gap: unknown };
}

/** A stream tail by graphql-ws's client, which continues at another server when its server closes. */
export interface FollowedTail extends AsyncDisposable {
  /** IDs of all entries received, from whichever server. */
  readonly ids: readonly string[];
  readonly gaps: readonly unknown[];
  /** Resolves when the first server has closed the socket: its cursors, the entries so far and the close code. */
  readonly left: Promise<{ readonly cursors: unknown; readonly lastId: string | undefined; readonly code: number }>;
  /** Resolves when that many entries have come. */
  has(count: number): Promise<void>;
}

/** Follows a stream after `after`; once the first server has closed, continues at `next` after its cursor. */
export function followTail(
  url: string,
  { stream, after, next }: { stream: string; after: string; next?: string },
): FollowedTail {
  const ids: string[] = [];
  const gaps: unknown[] = [];
  const clients: Client[] = [];
  let came: () => void = () => undefined;

  const start = (at: string, from: string): FollowedTail['left'] =>
    new Promise((resolve) => {
      let cursors: unknown;
      const client = createClient({
        url: at.replace(/^http/, 'ws'),
        webSocketImpl: WebSocket,
        generateID: () => 'tail',
        retryAttempts: 0,
        on: {
          ping: (received, payload) => received && (cursors = payload),
          closed: (event) => resolve({ cursors, lastId: ids.at(-1), code: (event as { code: number }).code }),
        },
      });
      clients.push(client);
      const variables = { stream, after: from };
      client.subscribe<TailResult>(
        { query, variables },
        {
          next({ data, errors }) {
            if (errors) gaps.push(errors);
            ids.push(...data!.streamEntries.entries.map(({ entryId }) => entryId));
            if (data!.streamEntries.gap) gaps.push(data!.streamEntries.gap);
            came();
          },
          error: () => undefined,
          complete: () => undefined,
        },
      );
    });

  const left = start(url, after);
  left
    .then(({ cursors }) => {
      if (next !== undefined) void start(next, (cursors as { tail: string }).tail);
    })
    .catch((error: unknown) => gaps.push(error));
  return {
    ids,
    gaps,
    left,
    async has(count) {
      while (ids.length < count) await new Promise<void>((resolve) => (came = resolve));
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
    },
  };
}
