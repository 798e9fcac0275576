import type { StreamDelivery } from '../../../domain/realtime/delivery.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { beforeAll, normalEntryId } from '../../../domain/realtime/stream-id.js';
import { asFailure, isPermanent } from '../shared/failure.js';
import type { StreamPage, StreamPages } from './stream-pages.js';

/** What the tails of one stream share. */
export interface TailedStream {
  readonly pages: StreamPages;
  /** The newest entry's ID. */
  head(): Promise<string>;
  /** Grows with all news, so that a reader sees whether there were some while it read. */
  revision(): number;
  /** Asks that all tails read again in a while, after a read that failed. */
  retry(): void;
}

/** One subscriber of a stream: it reads at its own pace, from wherever it is. */
export interface StreamTail extends LiveSubscription {
  news(): void;
  restarted(): void;
  fail(reason: Error): void;
}

/**
 * A tail that reads from `after` on, and first announces where it begins if it is asked to. `leave` is called once, when it
 * closes or fails.
 */
export function createStreamTail(
  stream: TailedStream,
  { after, announce = false }: { readonly after: string; readonly announce?: boolean | undefined },
  listener: LiveListener<StreamDelivery>,
  leave: (tail: StreamTail) => void,
): StreamTail {
  let position = after === '$' ? undefined : normalEntryId(after);
  // Behind what was handed over: where the stream was made again, that is not where reading goes on.
  let cursor = position;
  // Grows where the stream was made again: a page that is being read then belongs to the old one.
  let epoch = 0;
  let hasRead = false;
  let hasRestarted = false;
  let mustAnnounce = announce;
  let busy = false;
  let paused = false;
  let closed = false;
  const isHalted = (): boolean => paused || closed;

  const run = async (): Promise<void> => {
    if (busy || isHalted()) return;
    busy = true;
    try {
      while (!isHalted()) {
        if (hasRestarted) {
          hasRestarted = false;
          cursor = position;
          const started = mustAnnounce ? { at: new Date(), cursor: beforeAll } : undefined;
          mustAnnounce = false;
          listener.next(started ? { ...restart, started } : restart);
          continue;
        }
        const [revision, startEpoch] = [stream.revision(), epoch];
        const from = position ?? (await stream.head());
        const page = (hasRead ? stream.pages.recent(from) : undefined) ?? (await stream.pages.after(from));
        if (startEpoch !== epoch) continue;
        position = from;
        hasRead = true;
        begin(from);
        // A pause that began meanwhile: the page is read again later.
        if (isHalted()) break;
        if (mustAnnounce) {
          mustAnnounce = false;
          listener.next(startOf(page, from));
          if (isHalted()) break;
        }
        const { delivery, lastId, complete } = page;
        cursor = position = lastId;
        if (delivery.entries.length > 0 || delivery.gap) listener.next(delivery);
        if (complete && revision === stream.revision()) break;
      }
    } catch (error) {
      readFailed(asFailure(error));
    } finally {
      busy = false;
    }
  };
  const begin = (at: string): void => {
    if (cursor !== undefined || closed) return;
    cursor = at;
    listener.cursorChanged?.();
  };
  const readFailed = (reason: Error): void => {
    // Who has read already waits for the stream to come back; who begins is told at once.
    if (hasRead && !isPermanent(reason)) stream.retry();
    else tail.fail(reason);
  };

  const tail: StreamTail = {
    news: () => void run(),
    restarted() {
      epoch += 1;
      // A tail that has not read yet begins where it was asked to begin, in the stream as it is now.
      if (hasRead) position = beforeAll;
      hasRestarted = hasRead;
      void run();
    },
    fail(reason) {
      if (closed) return;
      tail.close();
      listener.error(reason);
    },
    cursor: () => cursor,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      void run();
    },
    close() {
      if (closed) return;
      closed = true;
      leave(tail);
    },
  };
  return tail;
}

const restart: StreamDelivery = { entries: [], gap: { reason: 'TRIMMED', missed: null } };

const starts = new WeakMap<StreamPage, StreamDelivery>();

/** One object for all tails that begin with the same page, so that it is executed and serialised once. */
function startOf(page: StreamPage, cursor: string): StreamDelivery {
  const known = starts.get(page);
  if (known) return known;
  const start: StreamDelivery = { entries: [], gap: null, started: { at: new Date(), cursor } };
  starts.set(page, start);
  return start;
}
