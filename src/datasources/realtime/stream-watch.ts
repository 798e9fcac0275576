import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedFailure } from '../../domain/errors.js';
import { compareEntryIds } from '../../domain/stream-id.js';
import type { Logger } from '../../telemetry/log.js';
import type { BlockingConnection } from '../valkey/ports.js';
import { streamEntries } from '../valkey/stream-entries.js';
import { asFailure } from './failure.js';
import { beforeAll, readHead, readState } from './stream-head.js';

/** What is told of a stream that is watched; entries are read by who is told. */
export interface StreamListener {
  /** There may be entries that were not there before: told after every addition, and sometimes without one. */
  news(this: void): void;
  /** The stream was deleted, or made again with smaller IDs: positions in it mean nothing any more. */
  restarted(this: void): void;
  /** The stream cannot be watched any more. */
  failed(this: void, reason: Error): void;
}

interface WatchOptions extends StreamListener {
  readonly stream: Buffer;
  readonly connect: () => Promise<BlockingConnection>;
  readonly blockMs: number;
  readonly log: Logger;
}

const firstRetryMs = 50;
const longestRetryMs = 1000;

/** Watches a stream by blocking reads on a connection of its own, until the signal aborts; outages are waited out. */
export async function watchStream(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const ended = (): boolean => signal.aborted;
  const progress = { seen: beforeAll, retryMs: firstRetryMs };
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
      if (reason instanceof ExpectedFailure) {
        options.failed(reason);
        return;
      }
      options.log.debug({ err: reason }, 'a stream cannot be watched for now');
      await delay(progress.retryMs, undefined, { signal, ref: false }).catch(() => undefined);
      progress.retryMs = Math.min(progress.retryMs * 2, longestRetryMs);
    }
  }
}

/** What outlives a connection: the highest ID seen, below which the stream's last ID cannot fall, and how long to wait. */
interface Progress {
  seen: string;
  retryMs: number;
}

async function follow(
  connection: BlockingConnection,
  { stream, blockMs, news, restarted }: WatchOptions,
  progress: Progress,
  ended: () => boolean,
): Promise<void> {
  const send: BlockingConnection['send'] = (args) => connection.send(args);
  const hasRestarted = async (): Promise<boolean> => {
    const state = await readState(send, stream);
    if (state === undefined || compareEntryIds(state?.lastGeneratedId ?? beforeAll, progress.seen) >= 0) return false;
    progress.seen = beforeAll;
    restarted();
    return true;
  };

  let head = await readHead(send, stream);
  if (compareEntryIds(head, progress.seen) < 0) await hasRestarted();
  news();
  while (!ended()) {
    progress.seen = laterOf(progress.seen, head);
    const reply = await send(['XREAD', 'COUNT', '1', 'BLOCK', String(blockMs), 'STREAMS', stream, head]);
    progress.retryMs = firstRetryMs;
    if (Array.isArray(reply)) {
      news();
      // Who is told reads all there is: the next wait begins at the end, not at the next entry.
      const [added] = streamEntries(reply[1] ?? null);
      const told = laterOf(head, added?.id ?? beforeAll);
      head = laterOf(told, await readHead(send, stream));
      if (head !== told) news();
    } else if (await hasRestarted()) {
      head = beforeAll;
    }
  }
}

function laterOf(a: string, b: string): string {
  return compareEntryIds(a, b) < 0 ? b : a;
}
