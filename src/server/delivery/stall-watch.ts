import type { Socket } from 'node:net';
import { writeProgress } from '../../interop/socket-write-progress.js';

/** Looks are counted instead of time: while the process was suspended, no client could read. */
const looksPerTimeout = 10;

/**
 * Watches whether a client still reads, as long as bytes wait for it. `onStall` is called once, when it has read nothing for
 * `timeoutMs`; a client that reads slowly is left alone. A class, since each socket has one: closures would use several times the memory.
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

  /** To be called after each write. */
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
