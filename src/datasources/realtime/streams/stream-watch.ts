import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import type { Logger } from '../../../telemetry/log.js';
import type { BlockingConnection, Reply } from '../../valkey/interfaces.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';
import { asFailure } from '../shared/failure.js';
import { isPermanent } from '../shared/reconnection-policy.js';
import { readHead } from './stream-head.js';
import { readState } from '../../valkey/values/streams/stream-state.js';
import type { KnownIds, StreamIncarnation } from './stream-incarnation.js';

/** Receives notifications about a watched stream. It reads the entries itself. */
export interface StreamListener {
  /** The stream may have new entries. Called after every addition, and sometimes without one. */
  mayHaveGrown(this: void): void;
  /** The stream was deleted, or recreated with smaller IDs. Positions in the former stream are meaningless. */
  restarted(this: void): void;
  /** The stream can no longer be watched. */
  failed(this: void, reason: Error): void;
}

interface WatchOptions extends Omit<StreamListener, 'restarted'> {
  readonly stream: Buffer;
  readonly incarnation: StreamIncarnation;
  readonly connect: () => Promise<BlockingConnection>;
  readonly blockMs: number;
  readonly log: Logger;
}

const firstRetryMs = 50;
const longestRetryMs = 1000;
/** Valkey does not end a blocking read of a key that MIGRATE moves to another node. Only the next command is redirected. */
const longestClusterBlockMs = 1000;

/** Watches a stream with blocking reads on its own connection until the signal aborts. Reconnects after outages. */
export async function watchStream(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const ended = (): boolean => signal.aborted;
  const progress = { retryMs: firstRetryMs };
  while (!ended()) {
    try {
      await using connection = await options.connect();
      const disconnect = (): void => void connection.close();
      signal.addEventListener('abort', disconnect);
      try {
        if (!ended()) await follow(connection, options, progress, ended);
      } finally {
        signal.removeEventListener('abort', disconnect);
      }
    } catch (error) {
      if (ended()) return;
      const reason = asFailure(error);
      if (isPermanent(reason)) {
        options.failed(reason);
        return;
      }
      options.log.debug({ err: reason }, 'a stream could not be watched; retrying');
      await delay(progress.retryMs, undefined, { signal, ref: false }).catch(() => undefined);
      progress.retryMs = Math.min(progress.retryMs * 2, longestRetryMs);
    }
  }
}

interface Progress {
  /** How long to wait before the next connection. */
  retryMs: number;
}

async function follow(
  connection: BlockingConnection,
  { stream, blockMs, mayHaveGrown, incarnation }: WatchOptions,
  progress: Progress,
  ended: () => boolean,
): Promise<void> {
  const send: BlockingConnection['send'] = (args) => connection.send(args);
  /** The newest entry's ID in the current stream, and what was known before it was read. */
  const readNewest = async (): Promise<{ readonly newest: string; readonly known: KnownIds }> => {
    const known = incarnation.known();
    const newest = await readHead(send, stream);
    incarnation.saw(newest, known);
    if (compareEntryIds(newest, known.highest) < 0) {
      const state = await readState(send, stream);
      if (state !== undefined) incarnation.compare(state?.lastGeneratedId ?? beforeAll, known);
    }
    return incarnation.known().generation === known.generation ? { newest, known } : await readNewest();
  };
  const waitMs = connection.isClustered ? Math.min(blockMs, longestClusterBlockMs) : blockMs;
  const waitAfter = async (id: string): Promise<Reply> => {
    // If another reader detects that the stream was recreated, entries with smaller IDs would not end this wait.
    const undo = incarnation.onRestart(() => void connection.close());
    try {
      return await send(['XREAD', 'COUNT', '1', 'BLOCK', String(waitMs), 'STREAMS', stream, id]);
    } finally {
      undo();
    }
  };

  let { newest, known } = await readNewest();
  mayHaveGrown();
  while (!ended()) {
    const reply = await waitAfter(newest);
    progress.retryMs = firstRetryMs;
    const [added] = Array.isArray(reply) ? streamEntries(reply[1] ?? null) : [];
    if (added) {
      // The entry was added after `newest`. It is above all IDs that were known then, or belongs to a recreated stream.
      incarnation.compare(added.id, known);
      mayHaveGrown();
    }
    // Listeners read all entries, so the next wait begins at the end, not at the next entry.
    const before = added?.id ?? newest;
    ({ newest, known } = await readNewest());
    if (newest !== before) mayHaveGrown();
  }
}
