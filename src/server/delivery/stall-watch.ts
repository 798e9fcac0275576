import type { Socket } from 'node:net';

/** Looks whether a socket still takes something, as long as something waits for it. */
export interface StallWatch {
  /** To be called after writing. */
  wrote(): void;
  close(): void;
}

/** Counted rather than timed: a process that was itself suspended has given nobody a chance to read. */
const looksPerTimeout = 10;

/** `onStall` is called once, when the socket has taken nothing for `timeoutMs`; one that takes a little goes on. */
export function createStallWatch(socket: Socket, timeoutMs: number, onStall: () => void): StallWatch {
  let timer: NodeJS.Timeout | undefined;
  let idleLooks = 0;
  let progress = '';

  const lookLater = (): void => {
    timer = setTimeout(look, timeoutMs / looksPerTimeout).unref();
  };
  const look = (): void => {
    timer = undefined;
    if (socket.writableLength === 0) return;
    const now = progressOf(socket);
    idleLooks = now === progress ? idleLooks + 1 : 0;
    progress = now;
    if (idleLooks >= looksPerTimeout) onStall();
    else lookLater();
  };
  return {
    wrote() {
      if (timer) return;
      idleLooks = 0;
      progress = progressOf(socket);
      lookLater();
    },
    close() {
      clearTimeout(timer);
    },
  };
}

/**
 * Changes whenever the socket takes something. The first part does with each write that is through; the second within one,
 * which may be a megabyte that a slow client reads for minutes. Node tells it nowhere else; its own `socket.setTimeout` asks
 * it too, but is reset by what the client sends.
 */
function progressOf(socket: Socket): string {
  const handle: unknown = Reflect.get(socket, '_handle');
  const queued = typeof handle === 'object' && handle && 'writeQueueSize' in handle ? handle.writeQueueSize : undefined;
  return `${socket.bytesWritten - socket.writableLength} ${String(queued)}`;
}
