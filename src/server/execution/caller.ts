import { randomUUID } from 'node:crypto';
import type { Principal } from '../../domain/principal.js';
import type { Logger } from '../../telemetry/log.js';

/** Who runs an operation and for how long: what a transport knows, the same for all of them. */
export interface Caller {
  readonly requestId: string;
  readonly log: Logger;
  readonly principal: Principal;
  /** Aborted when the client has gone or the operation's deadline has passed. */
  readonly signal: AbortSignal;
}

/** A caller with an ID of its own, under which its log lines are found. Most operations ask for none of it: made when asked for. */
export function createCaller(log: Logger, principal: Principal, signal: () => AbortSignal): Caller {
  return new RequestCaller(log, principal, signal);
}

/** A class, since every live subscription keeps one. */
class RequestCaller implements Caller {
  readonly principal: Principal;
  readonly #serverLog: Logger;
  readonly #signal: () => AbortSignal;
  #requestId: string | undefined;
  #log: Logger | undefined;

  constructor(log: Logger, principal: Principal, signal: () => AbortSignal) {
    this.principal = principal;
    this.#serverLog = log;
    this.#signal = signal;
  }

  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }
  get log(): Logger {
    return (this.#log ??= this.#serverLog.child({ requestId: this.requestId }));
  }
  get signal(): AbortSignal {
    return this.#signal();
  }
}
