import type { ExecutionResult } from 'graphql';
import { Outage } from '../../domain/errors.js';
import type { LiveListener, LiveSource, LiveSubscription } from '../../runtime/live-source.js';
import { isPromise } from '../../runtime/maybe-promise.js';
import type { ByteBudget } from '../../runtime/byte-budget.js';
import type { RequestContext } from '../execution/request/request-context.js';
import { codeOf, maskError } from '../execution/results/mask-errors.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import type { FrameSink } from './frame-sink.js';
import { openSource } from './open-source.js';
import type { SharedOperation } from './shared-operation.js';

/** Sends the results of one subscription to its subscriber. */
export interface Delivery extends LiveSubscription {
  /** The cursor after the last result that the sink has received. */
  cursor(): string | undefined;
  /** The grants have changed: requests the source again. The subscription fails at once if it is refused now. */
  reauthorize(): Promise<void>;
  /** Moves to the delivery group of the caller's present principal, since fresh credentials may grant more or less. */
  regroup(groupOf: (operation: PreparedOperation) => SharedOperation): void;
  /** Accepts no more events. Resolves when the results of all accepted events have been sent. */
  finish(): Promise<void>;
}

/** The operation of a subscriber and its context, kept for reauthorization. */
export interface SubscriptionRequest {
  readonly context: RequestContext;
  readonly operation: PreparedOperation;
}

/**
 * Delivers the events of a source to one subscriber's sink, in order, even if some take longer to execute than others. If the result
 * of an event is already known, it is sent in the same tick.
 */
export function deliver(
  source: LiveSource<object>,
  operation: SharedOperation,
  sink: FrameSink,
  request: SubscriptionRequest,
): Delivery {
  return new Delivering(source, operation, sink, request);
}

/** A class, since a server holds many thousands: closures for each would use several times the memory. */
class Delivering implements Delivery, LiveListener<object> {
  #operation: SharedOperation;
  readonly #sink: FrameSink;
  readonly #request: SubscriptionRequest;
  readonly #subscription: LiveSubscription;
  #cursor: string | undefined;
  #closed = false;
  /** Resolves when all earlier results have been sent; undefined if none is being computed. */
  #earlier: Promise<void> | undefined;

  constructor(source: LiveSource<object>, operation: SharedOperation, sink: FrameSink, request: SubscriptionRequest) {
    this.#operation = operation;
    this.#sink = sink;
    this.#request = request;
    this.#subscription = source.open(this);
    operation.traffic?.opened();
    this.#cursor = this.#subscription.cursor?.();
  }

  get budget(): ByteBudget {
    return this.#sink.budget;
  }

  next(event: object): void {
    if (this.#operation.hasCaused?.(event)) return;
    const cursor = this.#subscription.cursor?.();
    const result = this.#operation.render(event);
    this.#operation.traffic?.delivering(event);
    if (this.#earlier || isPromise(result)) this.#enqueue(async () => this.#send(await result, cursor));
    else this.#send(result, cursor);
  }
  cursorChanged(): void {
    const cursor = this.#subscription.cursor?.();
    this.#afterEarlier(() => this.#moveCursor(cursor));
  }
  error(reason: Error): void {
    this.#afterEarlier(() => this.#fail(reason));
  }
  complete(): void {
    this.#afterEarlier(() => {
      if (this.#end()) this.#sink.complete();
    });
  }

  cursor(): string | undefined {
    return this.#cursor;
  }
  async reauthorize(): Promise<void> {
    if (this.#closed) return;
    const { operation, context } = this.#request;
    try {
      const opened = await openSource(operation, context);
      if ('refusal' in opened) this.#fail(refusalError(opened.refusal));
    } catch (error) {
      this.#fail(error);
    }
  }
  regroup(groupOf: (operation: PreparedOperation) => SharedOperation): void {
    this.#operation = groupOf(this.#request.operation);
  }
  async finish(): Promise<void> {
    this.#subscription.pause();
    await this.#subscription.drained?.();
    while (this.#earlier) await this.#earlier;
  }
  pause(): void {
    this.#subscription.pause();
  }
  resume(): void {
    this.#subscription.resume();
  }
  close(): void {
    if (!this.#closed) this.#operation.traffic?.closed();
    this.#closed = true;
    this.#subscription.close();
  }

  #send(result: Buffer, cursor: string | undefined): void {
    if (this.#closed) return;
    this.#cursor = cursor;
    this.#sink.next(result, cursor);
    this.#operation.traffic?.sent(result.length);
  }
  #moveCursor(cursor: string | undefined): void {
    if (this.#closed || cursor === undefined) return;
    this.#cursor = cursor;
    this.#sink.cursorChanged?.(cursor);
  }
  #fail(reason: unknown): void {
    if (!this.#end()) return;
    const failure = maskError(reason, this.#request.context);
    this.#operation.traffic?.failed(codeOf(failure));
    this.#sink.error(failure);
  }
  /** Returns false if the subscription had already ended. */
  #end(): boolean {
    if (this.#closed) return false;
    this.close();
    return true;
  }
  #afterEarlier(step: () => void): void {
    if (this.#earlier) this.#enqueue(step);
    else step();
  }
  #enqueue(step: () => void | Promise<void>): void {
    const sent: Promise<void> = (this.#earlier ?? Promise.resolve())
      .then(step)
      .catch((reason: unknown) => this.#fail(reason))
      .finally(() => {
        if (this.#earlier === sent) this.#earlier = undefined;
      });
    this.#earlier = sent;
  }
}

/** Upstream outages during reauthorization are reported as outages, so that the client subscribes again. */
const outageCodes: ReadonlySet<unknown> = new Set(['CLUSTER_UNAVAILABLE', 'CONTROL_PLANE_UNAVAILABLE', 'TIMEOUT']);

function refusalError({ errors = [] }: ExecutionResult): Error {
  const outage = errors.find(({ extensions }) => outageCodes.has(extensions['code']));
  return (
    outage ??
    new Outage('FORBIDDEN', 'The permissions of the caller have changed: this subscription is no longer allowed.')
  );
}
