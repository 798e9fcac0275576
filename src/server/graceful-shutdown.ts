import { Outage } from '../domain/errors.js';
import { createListeners } from '../runtime/listeners.js';
import type { Logger } from '../telemetry/log.js';

/**
 * Drains a server that shuts down. No operation starts, running ones may finish, and WebSockets and streams are closed one after
 * another, so that their clients do not all connect to the next server at once.
 */
export interface GracefulShutdown {
  readonly isDraining: boolean;
  /**
   * Registers a WebSocket or stream. `close` is called once, while the server drains; at once if it is already draining.
   * Returns a function that unregisters it.
   */
  add(close: CloseConnection): () => void;
  /** Calls back once, when draining starts; at once if it has started. Returns a function that removes the callback. */
  onDrain(callback: () => void): () => void;
  /** Starts draining. Resolves when every connection has been closed. */
  drain(): Promise<void>;
}

/** Closes one connection. It may wait for running operations until `deadline` resolves. */
type CloseConnection = (deadline: Promise<unknown>) => Promise<void>;

/** This many connections close together, so that the few browser tabs of a developer need not wait. */
const batchSize = 10;
const stepMs = 20;
/** Fractions of the drain timeout: for closing connections one after another, and for running operations; the rest is for closing handshakes. */
const closingFraction = 0.6;
const deadlineFraction = 0.8;

/** Drains within `timeoutMs`, and faster if there are few connections: ten close every 20 ms. */
export function createGracefulShutdown(timeoutMs: number, log: Logger): GracefulShutdown {
  const open = new Set<CloseConnection>();
  const closing = new Set<Promise<void>>();
  const drainListeners = createListeners();
  let deadline: Promise<unknown> | undefined;

  const closeOne = (close: CloseConnection, until: Promise<unknown>): void => {
    if (!open.delete(close)) return;
    const closed = close(until)
      .catch((error: unknown) =>
        log.error({ err: error }, 'a client could not be sent the notice that the server closes'),
      )
      .finally(() => closing.delete(closed));
    closing.add(closed);
  };

  return {
    get isDraining() {
      return deadline !== undefined;
    },
    add(close) {
      open.add(close);
      if (deadline) closeOne(close, deadline);
      return () => void open.delete(close);
    },
    onDrain(callback) {
      if (!deadline) return drainListeners.add(callback);
      callback();
      return () => undefined;
    },
    async drain() {
      const until = (deadline = new Promise((resolve) => setTimeout(resolve, timeoutMs * deadlineFraction).unref()));
      drainListeners.notify();
      drainListeners.clear();
      const order = [...open];
      const overMs = Math.min(timeoutMs * closingFraction, (order.length / batchSize - 1) * stepMs);
      const start = performance.now();
      for (let closed = 0; closed < order.length;) {
        if (closed > 0) await new Promise((resolve) => setTimeout(resolve, stepMs));
        // By the clock, so that the last one closes in time however busy the process is.
        const due = ((performance.now() - start) / overMs) * (order.length - batchSize);
        const next = overMs > 0 ? batchSize + Math.floor(due) : order.length;
        for (const close of order.slice(closed, next)) closeOne(close, until);
        closed = next;
      }
      await Promise.all(closing);
    },
  };
}

/** The error of every operation that a draining server refuses or ends. */
export function shuttingDown(): Outage {
  return new Outage('SHUTTING_DOWN', 'The server is shutting down: connect again.');
}
