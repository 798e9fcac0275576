import { setMaxListeners } from 'node:events';
import { shuttingDown, type GracefulShutdown } from '../graceful-shutdown.js';

/** Until when an operation is answered. */
export interface Deadline {
  /**
   * Aborts when nothing may be waited for any more: the deadline has passed, the client has gone or the server closes. Made when
   * first asked for: few operations look.
   */
  readonly signal: AbortSignal;
  /** Moves the deadline, for an operation that was asked to wait. */
  extend(milliseconds: number): void;
  /** The operation has ended: nothing is called any more. */
  end(): void;
}

/** After the signal has aborted, the operation may still fail with its own error for this long. */
const abortGracePeriodMs = 100;

/** `expired` is called once, with the time that the operation had in the end. */
export function createDeadline(
  timeoutMs: number,
  { client, shutdown }: { readonly client: () => AbortSignal; readonly shutdown: Pick<GracefulShutdown, 'onDrain'> },
  expired: (allowedMs: number) => void,
): Deadline {
  return new OperationDeadline(timeoutMs, client, shutdown, expired);
}

/** A class, since every operation has one. */
class OperationDeadline implements Deadline {
  readonly #client: () => AbortSignal;
  readonly #shutdown: Pick<GracefulShutdown, 'onDrain'>;
  readonly #expired: (allowedMs: number) => void;
  readonly #startedAt = performance.now();
  #allowedMs: number;
  #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  /** Ends what follows the client and the server's draining; absent while nobody has asked for the signal. */
  #unfollow: (() => void) | undefined;

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
    this.#unfollow?.();
    this.#unfollow = undefined;
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
    const leave = (): void => controller.abort(client.reason);
    if (client.aborted) leave();
    // Many operations may wait on one socket.
    setMaxListeners(0, client);
    client.addEventListener('abort', leave);
    const ignoreDrain = this.#shutdown.onDrain(() => controller.abort(shuttingDown()));
    this.#unfollow = () => {
      client.removeEventListener('abort', leave);
      ignoreDrain();
    };
    return controller;
  }
}
