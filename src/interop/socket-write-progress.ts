import type { Socket } from 'node:net';

/**
 * A text that changes whenever the operating system accepts bytes of a socket: after each write that it has accepted whole, and
 * during a write, which may be a megabyte that a slow client reads for minutes.
 *
 * Relies on `socket._handle.writeQueueSize` of Node.js 20: the bytes of the current write that the operating system has not
 * accepted. It is undocumented. Node uses it for the same question in `socket.setTimeout`, which does not serve here: it is also
 * reset by what the client sends. `bytesWritten` and `writableLength` are documented, and change after whole writes only.
 */
export function writeProgress(socket: Socket): string {
  const handle: unknown = Reflect.get(socket, '_handle');
  const queued = typeof handle === 'object' && handle && 'writeQueueSize' in handle ? handle.writeQueueSize : undefined;
  return `${socket.bytesWritten - socket.writableLength} ${String(queued)}`;
}

/** Bytes that Node.js has given to the operating system. */
export interface WriteQueue {
  /** Those that it has accepted, since the socket was opened. */
  readonly accepted: number;
  /** Those that it has not accepted yet. */
  readonly waiting: number;
}

/**
 * The write queue of a TCP socket, which may belong to a TLS socket. Undefined if the socket is closed.
 *
 * Relies on `socket._handle.bytesWritten` and `socket._handle.writeQueueSize` of Node.js 20, which are undocumented. The documented
 * `bytesWritten` and `writableLength` of the socket change after whole writes only, and not at all if a TLS socket writes to it.
 */
export function writeQueueOf(socket: Socket): WriteQueue | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || !handle) return undefined;
  if (!('bytesWritten' in handle) || !('writeQueueSize' in handle)) return undefined;
  const waiting = Number(handle.writeQueueSize);
  return { accepted: Number(handle.bytesWritten) - waiting, waiting };
}
