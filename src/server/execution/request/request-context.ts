import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../../domain/access/principal.js';
import type { Logger } from '../../../telemetry/log.js';
import type { TraceParent } from '../../../telemetry/tracing/trace-parent.js';
import { baseUrlOf } from '../../admission/base-url.js';
import type { Deadline } from './deadline.js';

/** The caller of an operation, its deadline and its log: the part of a request that is the same for all transports. */
export interface RequestContext {
  readonly requestId: string;
  readonly log: Logger;
  readonly principal: Principal;
  /** Aborts when the client disconnects. */
  readonly clientSignal: AbortSignal;
  /** Aborts when the operation must stop waiting: see `Deadline`. */
  readonly signal: AbortSignal;
  /** Identifies the delivery group whose events are read. Undefined for an operation of a client. */
  readonly deliveryGroup: object | undefined;
  /** Sets the deadline, which `signal` follows from then on. */
  runUntil(deadline: Deadline): void;
  extendDeadline(milliseconds: number): void;
  /** `http` or `websocket`, as in the log. */
  readonly transport: string;
  /** The key that its limits are counted by. Undefined if the operation is not a client's. */
  readonly client: string | undefined;
  /** The client's IP address, if known. */
  readonly address: string | undefined;
  /** The URL below which the client reaches the API, if known. */
  readonly baseUrl: string | undefined;
  /** The client's trace, if it has sent one. */
  readonly traceParent: TraceParent | undefined;
  /** The time of arrival, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** Codes of the user errors that its mutations have returned, by the fields' names in the result. */
  readonly userErrors: ReadonlyMap<string, readonly string[]>;
  reportUserErrors(field: string, codes: readonly string[]): void;
}

/** The transport, client and IDs that a request arrives with. */
export interface RequestOrigin {
  readonly transport: string;
  /** A new ID is created on first use if absent. */
  readonly requestId?: string | undefined;
  readonly client?: string | undefined;
  readonly address?: string | undefined;
  readonly traceParent?: TraceParent | undefined;
  /** The header `origin`, which browsers set to the page's origin. */
  readonly webOrigin?: string | undefined;
  /** The request, from which `baseUrl` is read. */
  readonly message?: IncomingMessage | undefined;
  /** Set for reads of a subscription's events. */
  readonly deliveryGroup?: object | undefined;
}

const internalOrigin: RequestOrigin = { transport: 'none' };
const noUserErrors: ReadonlyMap<string, readonly string[]> = new Map();

/** Creates the context of one operation. The request ID, the log and `signal` are created on first use: most operations use none of them. */
export function createRequestContext(
  log: Logger,
  principal: Principal,
  signal: () => AbortSignal,
  origin: RequestOrigin = internalOrigin,
): RequestContext {
  return new LazyRequestContext(log, principal, signal, origin);
}

/** A class rather than closures, because every live subscription keeps one. */
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
  readonly #message: IncomingMessage | undefined;
  #requestId: string | undefined;
  #log: Logger | undefined;
  #userErrors: Map<string, readonly string[]> | undefined;
  #deadline: Deadline | undefined;

  constructor(
    log: Logger,
    principal: Principal,
    signal: () => AbortSignal,
    { transport, requestId, client, address, traceParent, deliveryGroup, message }: RequestOrigin,
  ) {
    this.principal = principal;
    this.transport = transport;
    this.client = client;
    this.address = address;
    this.traceParent = traceParent;
    this.deliveryGroup = deliveryGroup;
    this.#serverLog = log;
    this.#signal = signal;
    this.#message = message;
    this.#requestId = requestId;
  }

  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }
  get baseUrl(): string | undefined {
    return this.#message && baseUrlOf(this.#message);
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
