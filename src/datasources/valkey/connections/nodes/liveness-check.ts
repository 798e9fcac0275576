import type { ValkeyLimits } from '../limits.js';
import { livenessClock } from './liveness-clock.js';

interface LivenessListener {
  /** Commands are in flight and no reply arrived for `replyMs`. Called once. */
  onFrozen(this: void): void;
  /** No command was sent and no reply arrived for about `heartbeatMs`. */
  onQuiet(this: void): void;
}

/**
 * Watches whether a connection answers. Replies arrive in the order of the commands, so that one timestamp suffices for all commands in
 * flight. A socket's own timeout would not work, because every write to a frozen server resets it.
 */
export function checkLiveness({ replyMs, heartbeatMs }: ValkeyLimits, listener: LivenessListener) {
  const pauseMs = Math.min(replyMs, heartbeatMs);
  const roundMs = pauseMs / 10;
  let inFlight = 0;
  let since = performance.now();

  const check = (now: number, lateMs: number): void => {
    // This process was busy or suspended. Replies may be waiting unread in the socket.
    if (lateMs > roundMs) since += lateMs;
    if (inFlight > 0 && now - since >= replyMs) {
      stop();
      listener.onFrozen();
    } else if (inFlight === 0 && now - since >= heartbeatMs / 2) {
      // Early rather than late, so that all quiet connections are probed at the same time from then on.
      listener.onQuiet();
    }
  };
  // The next check is at most `replyMs` away, so no command that is sent until then is overdue before it.
  const dueAt = (): number => since + (inFlight > 0 ? replyMs : heartbeatMs);
  const stop = livenessClock.add({ roundMs, pauseMs, check, dueAt });

  return {
    sent(): void {
      if (inFlight === 0) since = performance.now();
      inFlight += 1;
    },
    answered(): void {
      inFlight -= 1;
      since = performance.now();
    },
    /** Data arrived that is not a reply, such as messages of channels. Replies may follow behind it. */
    received(): void {
      since = performance.now();
    },
    stop,
  };
}
