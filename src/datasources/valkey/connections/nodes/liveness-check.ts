import type { WriteQueue } from '../../../../interop/socket-write-progress.js';
import type { ValkeyLimits } from '../limits.js';
import { livenessClock } from './liveness-clock.js';

interface LivenessListener {
  /** Commands are in flight and nothing arrived for `replyMs`. Called once. */
  onFrozen(this: void): void;
  /** No command was sent and no reply arrived for about `heartbeatMs`. */
  onQuiet(this: void): void;
  /** The write queue of the connection's TCP socket, if it is open. */
  writeQueue(this: void): WriteQueue | undefined;
}

/**
 * How much longer a connection may make no progress while it sends a value that is larger than the buffers of the operating system, which
 * accepts further bytes in large steps.
 */
const sendingFactor = 3;

/**
 * Watches whether a connection makes progress. Replies arrive in the order of the commands, so that one timestamp suffices for all commands
 * in flight. A part of a reply is progress, and so is a part of a large value that leaves: both may take long on a slow network. A socket's
 * own timeout would not work, because every write to a frozen server resets it.
 */
export function checkLiveness({ replyMs, heartbeatMs }: ValkeyLimits, listener: LivenessListener) {
  const pauseMs = Math.min(replyMs, heartbeatMs);
  const roundMs = pauseMs / 10;
  let inFlight = 0;
  let since = performance.now();
  /** Set while bytes wait in the write queue. */
  let queue: WriteQueue | undefined;

  const lookAtWriteQueue = (now: number): void => {
    const current = inFlight > 0 ? listener.writeQueue() : undefined;
    if (queue && current && current.accepted > queue.accepted) since = now;
    queue = current && current.waiting > 0 ? current : undefined;
  };
  const check = (now: number, lateMs: number): void => {
    // This process was busy or suspended. Replies may be waiting unread in the socket.
    if (lateMs > roundMs) since += lateMs;
    lookAtWriteQueue(now);
    if (inFlight > 0 && now >= dueAt()) {
      stop();
      listener.onFrozen();
    } else if (inFlight === 0 && now - since >= heartbeatMs / 2) {
      // Early rather than late, so that all quiet connections are probed at the same time from then on.
      listener.onQuiet();
    }
  };
  // The next check is at most `replyMs` away, so no command that is sent until then is overdue before it.
  const dueAt = (): number => since + (inFlight > 0 ? (queue ? sendingFactor : 1) * replyMs : heartbeatMs);
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
    /** Bytes arrived: a part of a reply, or messages of channels, behind which replies may follow. */
    received(): void {
      since = performance.now();
    },
    stop,
  };
}
