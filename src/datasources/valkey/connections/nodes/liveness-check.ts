import type { ValkeyLimits } from '../limits.js';
import { livenessClock } from './liveness-clock.js';

interface LivenessListener {
  /** Something is in flight and nothing was answered for `replyMs`. Called once. */
  onFrozen(this: void): void;
  /** Nothing was sent or answered for about `heartbeatMs`. */
  onQuiet(this: void): void;
}

/**
 * Watches whether a connection answers. Replies come in the order of the commands, so one time for all in flight does;
 * a socket's own timeout would not, since every write to a frozen server winds it up again.
 */
export function checkLiveness({ replyMs, heartbeatMs }: ValkeyLimits, listener: LivenessListener) {
  const pauseMs = Math.min(replyMs, heartbeatMs);
  const roundMs = pauseMs / 10;
  let inFlight = 0;
  let since = performance.now();

  const look = (now: number, lateMs: number): void => {
    // This process was busy or suspended: replies may be waiting unread in the socket.
    if (lateMs > roundMs) since += lateMs;
    if (inFlight > 0 && now - since >= replyMs) {
      stop();
      listener.onFrozen();
    } else if (inFlight === 0 && now - since >= heartbeatMs / 2) {
      // Early rather than late, so that all quiet connections are asked in the same look from then on.
      listener.onQuiet();
    }
  };
  // Never more than `replyMs` away: what is sent before the next look is not due before it.
  const dueAt = (): number => since + (inFlight > 0 ? replyMs : heartbeatMs);
  const stop = livenessClock.add({ roundMs, pauseMs, look, dueAt });

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
    stop,
  };
}
