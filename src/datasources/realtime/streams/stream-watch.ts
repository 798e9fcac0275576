import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import type { Logger } from '../../../telemetry/log.js';
import type { BlockingConnection, Reply } from '../../valkey/interfaces.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';
import { asFailure, isPermanent } from '../shared/failure.js';
import { readHead } from './stream-head.js';
import { readState } from '../../valkey/values/streams/stream-state.js';
import type { KnownIds, StreamIncarnation } from './stream-incarnation.js';

/** What is told of a stream that is watched; entries are read by who is told. */
export interface StreamListener {
  /** There may be entries that were not there before: told after every addition, and sometimes without one. */
  news(this: void): void;
  /** The stream was deleted, or made again with smaller IDs: positions in it mean nothing any more. */
  restarted(this: void): void;
  /** The stream cannot be watched any more. */
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
/** Valkey does not end a wait for a key that MIGRATE has taken to another node: only the next command is redirected. */
const longestClusterBlockMs = 1000;

/** Watches a stream by blocking reads on a connection of its own, until the signal aborts; outages are waited out. */
export async function watchStream(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const ended = (): boolean => signal.aborted;
  const progress = { retryMs: firstRetryMs };
  while (!ended()) {
    try {
      await using connection = await options.connect();
      const cut = (): void => void connection.close();
      signal.addEventListener('abort', cut);
      try {
        if (!ended()) await follow(connection, options, progress, ended);
      } finally {
        signal.removeEventListener('abort', cut);
      }
    } catch (error) {
      if (ended()) return;
      const reason = asFailure(error);
      if (isPermanent(reason)) {
        options.failed(reason);
        return;
      }
      options.log.debug({ err: reason }, 'a stream cannot be watched for now');
      await delay(progress.retryMs, undefined, { signal, ref: false }).catch(() => undefined);
      progress.retryMs = Math.min(progress.retryMs * 2, longestRetryMs);
    }
  }
}

/** What outlives a connection: how long to wait before the next. */
interface Progress {
  retryMs: number;
}

async function follow(
  connection: BlockingConnection,
  { stream, blockMs, news, incarnation }: WatchOptions,
  progress: Progress,
  ended: () => boolean,
): Promise<void> {
  const send: BlockingConnection['send'] = (args) => connection.send(args);
  /** The newest entry's ID, in the stream as it is known now, and what was known before it was asked for. */
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
    // Another reader may notice that the stream was made again: entries with smaller IDs would not end this wait.
    const undo = incarnation.onRestart(() => void connection.close());
    try {
      return await send(['XREAD', 'COUNT', '1', 'BLOCK', String(waitMs), 'STREAMS', stream, id]);
    } finally {
      undo();
    }
  };

  let { newest, known } = await readNewest();
  news();
  while (!ended()) {
    const reply = await waitAfter(newest);
    progress.retryMs = firstRetryMs;
    const [added] = Array.isArray(reply) ? streamEntries(reply[1] ?? null) : [];
    if (added) {
      // It was added after `newest`, so that it is above all that was known then, or in another stream.
      incarnation.compare(added.id, known);
      news();
    }
    // Whoever is notified reads all there is: the next wait begins at the end, not at the next entry.
    const before = added?.id ?? newest;
    ({ newest, known } = await readNewest());
    if (newest !== before) news();
  }
}
