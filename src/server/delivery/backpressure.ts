import type { Socket } from 'node:net';
import type { LiveSubscription } from '../../domain/live-source.js';

export interface BackpressureLimits {
  /** Bytes that may wait in the process for one socket; past that its subscriptions are paused. */
  readonly maxBufferedBytes: number;
  /** How long a socket may take nothing while something waits for it. */
  readonly stallTimeoutMs: number;
}

/** Keeps what waits for one socket bounded: pauses all its subscriptions while it is full. */
export interface Backpressure {
  add(subscription: LiveSubscription): void;
  remove(subscription: LiveSubscription): void;
  /** To be called after writing. */
  check(): void;
  close(): void;
}

/** `onStall` is called once the socket has taken nothing for the whole stall timeout. */
export function createBackpressure(socket: Socket, limits: BackpressureLimits, onStall: () => void): Backpressure {
  const subscriptions = new Set<LiveSubscription>();
  let full = false;
  let stall: NodeJS.Timeout | undefined;

  const taken = (): number => socket.bytesWritten - socket.writableLength;
  const watchForStall = (before: number): void => {
    stall = setTimeout(() => {
      if (taken() === before) onStall();
      else watchForStall(taken());
    }, limits.stallTimeoutMs).unref();
  };
  const drained = (): void => {
    if (!full) return;
    full = false;
    clearTimeout(stall);
    for (const subscription of [...subscriptions]) subscription.resume();
  };
  socket.on('drain', drained);

  return {
    add(subscription) {
      subscriptions.add(subscription);
      if (full) subscription.pause();
    },
    remove: (subscription) => subscriptions.delete(subscription),
    check() {
      if (full || socket.writableLength <= limits.maxBufferedBytes) return;
      full = true;
      watchForStall(taken());
      for (const subscription of subscriptions) subscription.pause();
    },
    close() {
      clearTimeout(stall);
      socket.off('drain', drained);
    },
  };
}
