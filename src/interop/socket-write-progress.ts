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
