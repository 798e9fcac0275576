import { setMaxListeners } from 'node:events';
import { shuttingDown, type GracefulShutdown } from '../../graceful-shutdown.js';

/** The time by which an operation must be answered. */
export interface Deadline {
  /**
   * Aborts when the operation must stop waiting: the deadline has passed, the client has disconnected or the server is draining.
   * Created on first use, because few operations use it.
   */
  readonly signal: AbortSignal;
  /** Extends the deadline, for an operation whose arguments request a wait. */
  extend(milliseconds: number): void;
  /** Ends the deadline with its operation. No callback runs afterwards. */
  end(): void;
}

/** After the signal aborts, the operation has this long to fail with its own error. */
const abortGracePeriodMs = 100;

/** Calls `expired` at most once, with the time that the operation had, extensions included. */
export function createDeadline(
  timeoutMs: number,
  { client, shutdown }: { readonly client: () => AbortSignal; readonly shutdown: Pick<GracefulShutdown, 'onDrain'> },
  expired: (allowedMs: number) => void,
): Deadline {
  return new OperationDeadline(timeoutMs, client, shutdown, expired);
}

/** A class rather than closures, because every operation has one. */
class OperationDeadline implements Deadline {
  readonly #client: () => AbortSignal;
  readonly #shutdown: Pick<GracefulShutdown, 'onDrain'>;
  readonly #expired: (allowedMs: number) => void;
  readonly #startedAt = performance.now();
  #allowedMs: number;
  #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  /** Removes the listeners of the client and of the draining server. Undefined until the signal is used. */
  #removeListeners: (() => void) | undefined;

  constructor(
    timeoutMs: number,
    client: () => AbortSignal,
    shutdown: Pick<GracefulShutdown, 'onDrain'>,
    expired: (allowedMs: number) => void,
  ) {
    this.#client = client;
    this.#shutdown = shutdown;
    this.#expired = expired;
    this.#allowedMs = timeoutMs;
    this.#timer = setTimeout(() => this.#expire(), timeoutMs);
  }

  get signal(): AbortSignal {
    return (this.#controller ??= this.#follow(new AbortController())).signal;
  }

  extend(milliseconds: number): void {
    this.#allowedMs += milliseconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), this.#startedAt + this.#allowedMs - performance.now());
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#removeListeners?.();
    this.#removeListeners = undefined;
  }

  #expire(): void {
    const expired = (): void => this.#expired(this.#allowedMs);
    if (!this.#controller) {
      expired();
      return;
    }
    this.#timer = setTimeout(expired, abortGracePeriodMs);
    this.#controller.abort(new Error('The deadline of the operation has passed.'));
  }

  #follow(controller: AbortController): AbortController {
    const client = this.#client();
    const abort = (): void => controller.abort(client.reason);
    if (client.aborted) abort();
    // Many operations of one socket may listen to its signal.
    setMaxListeners(0, client);
    client.addEventListener('abort', abort);
    const removeDrainListener = this.#shutdown.onDrain(() => controller.abort(shuttingDown()));
    this.#removeListeners = () => {
      client.removeEventListener('abort', abort);
      removeDrainListener();
    };
    return controller;
  }
}
