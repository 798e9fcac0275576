import type { Socket } from 'node:net';

/** Counted rather than timed: a process that was itself suspended has given nobody a chance to read. */
const looksPerTimeout = 10;

/**
 * Looks whether a socket still takes something, as long as something waits for it. `onStall` is called once, when it has taken
 * nothing for `timeoutMs`; one that takes a little goes on. A class, since there is one for every socket.
 */
export class StallWatch {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | undefined;
  #idleLooks = 0;
  #progress = '';

  constructor(socket: Socket, timeoutMs: number, onStall: () => void) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#onStall = onStall;
  }

  /** To be called after writing. */
  wrote(): void {
    if (this.#timer) return;
    this.#idleLooks = 0;
    this.#progress = progressOf(this.#socket);
    this.#lookLater();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => this.#look(), this.#timeoutMs / looksPerTimeout).unref();
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#socket.writableLength === 0) {
      this.#progress = '';
      return;
    }
    const now = progressOf(this.#socket);
    this.#idleLooks = now === this.#progress ? this.#idleLooks + 1 : 0;
    this.#progress = now;
    if (this.#idleLooks >= looksPerTimeout) this.#onStall();
    else this.#lookLater();
  }
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
