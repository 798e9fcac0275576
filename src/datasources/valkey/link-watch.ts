import type { ValkeyLimits } from './limits.js';

interface WatchListener {
  /** Something is in flight and nothing was answered for `replyMs`. Called once. */
  onFrozen(this: void): void;
  /** Nothing was sent or answered for `heartbeatMs`. */
  onQuiet(this: void): void;
}

/**
 * Watches whether a connection answers. Replies come in the order of the commands, so one clock for all in flight does;
 * a socket's own timeout would not, since every write to a frozen server winds it up again.
 */
export function watchLink({ replyMs, heartbeatMs }: ValkeyLimits, listener: WatchListener) {
  const roundMs = Math.min(replyMs, heartbeatMs) / 10;
  let inFlight = 0;
  let since = performance.now();
  let lastRound = since;

  const round = (): void => {
    const now = performance.now();
    const late = now - lastRound - roundMs;
    lastRound = now;
    // This process was busy or suspended: replies may be waiting unread in the socket.
    if (late > roundMs) since += late;
    if (inFlight > 0 && now - since > replyMs) {
      clearInterval(timer);
      listener.onFrozen();
    } else if (inFlight === 0 && now - since > heartbeatMs) {
      listener.onQuiet();
    }
  };
  const timer = setInterval(round, roundMs);
  timer.unref();

  return {
    sent(): void {
      if (inFlight === 0) since = performance.now();
      inFlight += 1;
    },
    answered(): void {
      inFlight -= 1;
      since = performance.now();
    },
    /** Something came that answers nothing in flight, as messages of channels do; a reply waits behind them. */
    heard(): void {
      since = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}
