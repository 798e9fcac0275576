import type { Socket } from 'node:net';
import { writeProgress } from '../../interop/socket-write-progress.js';

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
    this.#progress = writeProgress(this.#socket);
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
    const now = writeProgress(this.#socket);
    this.#idleLooks = now === this.#progress ? this.#idleLooks + 1 : 0;
    this.#progress = now;
    if (this.#idleLooks >= looksPerTimeout) this.#onStall();
    else this.#lookLater();
  }
}
