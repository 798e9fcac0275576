import type { StreamDelivery } from '../../../domain/realtime/delivery.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { beforeAll, normalEntryId } from '../../../domain/realtime/stream-id.js';
import { asFailure } from '../shared/failure.js';
import { waitsForReconnection } from '../shared/reconnection-policy.js';
import { createStateMachine, type Transitions } from '../shared/state-machine.js';
import type { StreamPage, StreamPages } from './stream-pages.js';

/** The data that the tails of one stream share. */
export interface TailedStream {
  readonly pages: StreamPages;
  /** The newest entry's ID. */
  head(): Promise<string>;
  /** Grows with every notification, so that a reader can see whether one arrived while it read. */
  revision(): number;
  /** Makes all tails read again after a pause. Called after a failed read. */
  retry(): void;
}

/** One subscriber of a stream. It reads at its own pace, from its own position. */
export interface StreamTail extends LiveSubscription {
  /** The stream may have new entries. */
  readSoon(): void;
  /** The stream was deleted or recreated. */
  restarted(): void;
  fail(reason: Error): void;
}

/**
 * - idle: The tail has read everything, is paused, or waits for a retry.
 * - reading: It reads page after page.
 * - stale: It reads a page of the stream as it was before its recreation, and will discard that page.
 */
type ReadState = 'idle' | 'reading' | 'stale' | 'closed';
type ReadEvent = 'start' | 'readPage' | 'restart' | 'stop' | 'close';

const readTransitions: Transitions<ReadState, ReadEvent> = {
  idle: { start: 'reading', close: 'closed' },
  reading: { readPage: 'reading', restart: 'stale', stop: 'idle', close: 'closed' },
  stale: { readPage: 'reading', stop: 'idle', close: 'closed' },
  closed: {},
};

/**
 * - starting: The tail has not read a page yet. If the stream is recreated now, the requested position still applies.
 * - following: It has read at least one page.
 * - restarted: The stream was recreated, and the subscriber does not know yet.
 */
type Progress = 'starting' | 'following' | 'restarted';
type ProgressEvent = 'readFirstPage' | 'restart' | 'reportRestart';

const progressTransitions: Transitions<Progress, ProgressEvent> = {
  starting: { readFirstPage: 'following' },
  following: { restart: 'restarted' },
  restarted: { reportRestart: 'following' },
};

/**
 * A tail that reads the entries after `after`. If `announce` is set, its first delivery announces where it starts. `leave` is
 * called once, when the tail closes or fails.
 */
export function createStreamTail(
  stream: TailedStream,
  { after, announce = false }: { readonly after: string; readonly announce?: boolean | undefined },
  listener: LiveListener<StreamDelivery>,
  leave: (tail: StreamTail) => void,
): StreamTail {
  const reads = createStateMachine<ReadState, ReadEvent>('idle', readTransitions);
  const progress = createStateMachine<Progress, ProgressEvent>('starting', progressTransitions);
  let position = after === '$' ? undefined : normalEntryId(after);
  // After the last delivered entry. It differs from `position` until a recreated stream has been reported.
  let cursor = position;
  let mustAnnounce = announce;
  let isPaused = false;
  const isHalted = (): boolean => isPaused || reads.is('closed');

  const run = async (): Promise<void> => {
    if (isPaused || !reads.send('start')) return;
    try {
      while (!isHalted() && reads.send('readPage')) {
        if (progress.send('reportRestart')) {
          reportRestart();
          continue;
        }
        const revision = stream.revision();
        const from = position ?? (await stream.head());
        const page =
          (progress.is('starting') ? undefined : stream.pages.recent(from)) ?? (await stream.pages.after(from));
        if (reads.is('stale')) continue;
        position = from;
        progress.send('readFirstPage');
        startAt(from);
        // A page that arrives during a pause is read again later.
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
      retryOrFail(asFailure(error));
    } finally {
      reads.send('stop');
    }
  };
  const reportRestart = (): void => {
    cursor = position;
    const started = mustAnnounce ? { at: new Date(), cursor: beforeAll } : undefined;
    mustAnnounce = false;
    listener.next(started ? { ...restart, started } : restart);
  };
  const startAt = (at: string): void => {
    if (cursor !== undefined || reads.is('closed')) return;
    cursor = at;
    listener.cursorChanged?.();
  };
  const retryOrFail = (reason: Error): void => {
    if (waitsForReconnection(reason, !progress.is('starting'))) stream.retry();
    else tail.fail(reason);
  };

  const tail: StreamTail = {
    readSoon: () => void run(),
    restarted() {
      reads.send('restart');
      progress.send('restart');
      if (progress.is('restarted')) position = beforeAll;
      void run();
    },
    fail(reason) {
      if (reads.is('closed')) return;
      tail.close();
      listener.error(reason);
    },
    cursor: () => cursor,
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      void run();
    },
    close() {
      if (reads.send('close')) leave(tail);
    },
  };
  return tail;
}

const restart: StreamDelivery = { entries: [], gap: { reason: 'TRIMMED', missed: null } };

const starts = new WeakMap<StreamPage, StreamDelivery>();

/** One object for all tails that start with the same page, so that it is executed and serialised once. */
function startOf(page: StreamPage, cursor: string): StreamDelivery {
  const existing = starts.get(page);
  if (existing) return existing;
  const start: StreamDelivery = { entries: [], gap: null, started: { at: new Date(), cursor } };
  starts.set(page, start);
  return start;
}
