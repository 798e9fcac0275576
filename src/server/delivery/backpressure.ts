import type { Socket } from 'node:net';
import type { LiveSubscription } from '../../domain/live-source.js';
import { createQueueRoom, type QueueRoom } from '../../domain/queue-room.js';
import { createStallWatch } from './stall-watch.js';

export interface BackpressureLimits {
  /** Bytes that may wait in the process for one socket, written already or still queued by its subscriptions. */
  readonly maxBufferedBytes: number;
  /** How long a socket may take nothing while something waits for it. */
  readonly stallTimeoutMs: number;
}

/** Keeps what waits for one socket bounded: pauses all its subscriptions while it is full. */
export interface Backpressure {
  /** For what the paused subscriptions queue, all together. */
  readonly room: QueueRoom;
  add(subscription: LiveSubscription): void;
  remove(subscription: LiveSubscription): void;
  /** To be called after writing. */
  check(): void;
  close(): void;
}

/** The part of the bytes that may be written ahead; the rest is for messages that come while the socket is full. */
const writtenPart = 0.5;

/** `onStall` is called once the socket has taken nothing for the whole stall timeout. */
export function createBackpressure(socket: Socket, limits: BackpressureLimits, onStall: () => void): Backpressure {
  const { maxBufferedBytes, stallTimeoutMs } = limits;
  const subscriptions = new Set<LiveSubscription>();
  const stallWatch = createStallWatch(socket, stallTimeoutMs, onStall);
  let full = false;
  const isFull = (): boolean => full;

  const drained = (): void => {
    if (!full) return;
    full = false;
    for (const subscription of [...subscriptions]) {
      if (isFull()) return;
      // To the end: where one fills the socket again, the others come first next time.
      if (subscriptions.delete(subscription)) subscriptions.add(subscription);
      subscription.resume();
    }
  };
  socket.on('drain', drained);

  return {
    room: createQueueRoom(maxBufferedBytes, () => socket.writableLength),
    add(subscription) {
      subscriptions.add(subscription);
      if (full) subscription.pause();
    },
    remove: (subscription) => subscriptions.delete(subscription),
    check() {
      stallWatch.wrote();
      if (full || socket.writableLength <= maxBufferedBytes * writtenPart) return;
      full = true;
      for (const subscription of subscriptions) subscription.pause();
    },
    close() {
      stallWatch.close();
      socket.off('drain', drained);
    },
  };
}
