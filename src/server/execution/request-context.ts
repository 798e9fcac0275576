import { randomUUID } from 'node:crypto';
import type { Principal } from '../../domain/access/principal.js';
import type { Logger } from '../../telemetry/log.js';
import type { TraceParent } from '../../telemetry/tracing/trace-parent.js';
import type { Deadline } from './deadline.js';

/** Who runs an operation and for how long: what a transport knows, the same for all of them. */
export interface RequestContext {
  readonly requestId: string;
  readonly log: Logger;
  readonly principal: Principal;
  /** Aborted when the client has gone. */
  readonly clientSignal: AbortSignal;
  /** Aborted when nothing may be waited for any more: see `Deadline`. */
  readonly signal: AbortSignal;
  /** What its reads for a subscription's events are made for: the same object for all events of one delivery group. */
  readonly deliveryGroup: object | undefined;
  /** From now on the operation has a deadline. */
  runUntil(deadline: Deadline): void;
  extendDeadline(milliseconds: number): void;
  /** `http` or `websocket`, as the log has it. */
  readonly transport: string;
  /** By whom its limits are counted; absent where no client asks. */
  readonly client: string | undefined;
  /** Of the client, where it is known. */
  readonly address: string | undefined;
  /** The trace of its client, where that has named one. */
  readonly traceParent: TraceParent | undefined;
  /** When it came, by the process's clock, milliseconds. */
  readonly startedAt: number;
  /** Codes of the user errors that its mutations have answered, by the fields' names in the result. */
  readonly userErrors: ReadonlyMap<string, readonly string[]>;
  reportUserErrors(field: string, codes: readonly string[]): void;
}

/** Where a caller comes from. */
export interface RequestOrigin {
  readonly transport: string;
  /** Where somebody has given it an ID already. */
  readonly requestId?: string | undefined;
  readonly client?: string | undefined;
  readonly address?: string | undefined;
  readonly traceParent?: TraceParent | undefined;
  /** The page that it comes from, as the browser's header `origin` says. */
  readonly webOrigin?: string | undefined;
  /** Set for the reads made for a subscription's events. */
  readonly deliveryGroup?: object | undefined;
}

const ownOrigin: RequestOrigin = { transport: 'none' };
const noUserErrors: ReadonlyMap<string, readonly string[]> = new Map();

/** A caller with an ID of its own, under which its log lines are found. Most operations ask for none of it: made when asked for. */
export function createRequestContext(
  log: Logger,
  principal: Principal,
  signal: () => AbortSignal,
  origin: RequestOrigin = ownOrigin,
): RequestContext {
  return new LazyRequestContext(log, principal, signal, origin);
}

/** A class, since every live subscription keeps one. */
class LazyRequestContext implements RequestContext {
  readonly principal: Principal;
  readonly transport: string;
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly traceParent: TraceParent | undefined;
  readonly startedAt = performance.now();
  readonly deliveryGroup: object | undefined;
  readonly #serverLog: Logger;
  readonly #signal: () => AbortSignal;
  #requestId: string | undefined;
  #log: Logger | undefined;
  #userErrors: Map<string, readonly string[]> | undefined;
  #deadline: Deadline | undefined;

  constructor(
    log: Logger,
    principal: Principal,
    signal: () => AbortSignal,
    { transport, requestId, client, address, traceParent, deliveryGroup }: RequestOrigin,
  ) {
    this.principal = principal;
    this.transport = transport;
    this.client = client;
    this.address = address;
    this.traceParent = traceParent;
    this.deliveryGroup = deliveryGroup;
    this.#serverLog = log;
    this.#signal = signal;
    this.#requestId = requestId;
  }

  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }
  get log(): Logger {
    return (this.#log ??= this.#serverLog.child({ requestId: this.requestId }));
  }
  get clientSignal(): AbortSignal {
    return this.#signal();
  }
  get signal(): AbortSignal {
    return this.#deadline?.signal ?? this.#signal();
  }
  runUntil(deadline: Deadline): void {
    this.#deadline = deadline;
  }
  extendDeadline(milliseconds: number): void {
    this.#deadline?.extend(milliseconds);
  }
  get userErrors(): ReadonlyMap<string, readonly string[]> {
    return this.#userErrors ?? noUserErrors;
  }
  reportUserErrors(field: string, codes: readonly string[]): void {
    (this.#userErrors ??= new Map()).set(field, codes);
  }
}
