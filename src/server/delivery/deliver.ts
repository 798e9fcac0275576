import type { ExecutionResult } from 'graphql';
import { Outage } from '../../domain/errors.js';
import type { LiveListener, LiveSource, LiveSubscription } from '../../runtime/live-source.js';
import { isPromise } from '../../runtime/maybe-promise.js';
import type { ByteBudget } from '../../runtime/byte-budget.js';
import type { RequestContext } from '../execution/request-context.js';
import { codeOf, maskError } from '../execution/mask-errors.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import type { FrameSink } from './frame-sink.js';
import { openSource } from './open-source.js';
import type { SharedOperation } from './shared-operation.js';

/** One subscriber's results on their way. */
export interface Delivery extends LiveSubscription {
  /** The place behind the last result that the sink has got. */
  cursor(): string | undefined;
  /** The grants have changed: requests the source again. If it is refused now, the subscription fails at once. */
  reauthorize(): Promise<void>;
  /** Has what comes rendered as for others who get the same: who asks may see more or less than before. */
  regroup(groupOf: (operation: PreparedOperation) => SharedOperation): void;
  /** Takes no more events. Resolves when the results of all that were taken have been sent. */
  finish(): Promise<void>;
}

/** What a subscriber has requested, and in which context: kept for reauthorization. */
export interface SubscriptionRequest {
  readonly context: RequestContext;
  readonly operation: PreparedOperation;
}

/**
 * Carries one subscriber's events from its source to its sink, in order, also where some take longer to execute than
 * others. An event that is rendered already is sent in the same turn.
 */
export function deliver(
  source: LiveSource<object>,
  operation: SharedOperation,
  sink: FrameSink,
  request: SubscriptionRequest,
): Delivery {
  return new Delivering(source, operation, sink, request);
}

/** A class, since a server holds many thousands: closures of each would take several times the memory. */
class Delivering implements Delivery, LiveListener<object> {
  #operation: SharedOperation;
  readonly #sink: FrameSink;
  readonly #request: SubscriptionRequest;
  readonly #subscription: LiveSubscription;
  #cursor: string | undefined;
  #closed = false;
  /** What is still being rendered, oldest first; whatever comes meanwhile must wait behind it. */
  #behind: Promise<void> | undefined;

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
    const place = this.#subscription.cursor?.();
    const result = this.#operation.render(event);
    this.#operation.traffic?.delivering(event);
    if (this.#behind || isPromise(result)) this.#inOrder(async () => this.#send(await result, place));
    else this.#send(result, place);
  }
  cursorChanged(): void {
    const place = this.#subscription.cursor?.();
    this.#now(() => this.#move(place));
  }
  error(reason: Error): void {
    this.#now(() => this.#fail(reason));
  }
  complete(): void {
    this.#now(() => {
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
      if ('refusal' in opened) this.#fail(noLonger(opened.refusal));
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
    while (this.#behind) await this.#behind;
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

  #send(result: Buffer, place: string | undefined): void {
    if (this.#closed) return;
    this.#cursor = place;
    this.#sink.next(result, place);
    this.#operation.traffic?.sent(result.length);
  }
  #move(place: string | undefined): void {
    if (this.#closed || place === undefined) return;
    this.#cursor = place;
    this.#sink.cursorChanged?.(place);
  }
  #fail(reason: unknown): void {
    if (!this.#end()) return;
    const told = maskError(reason, this.#request.context);
    this.#operation.traffic?.failed(codeOf(told));
    this.#sink.error(told);
  }
  /** False where it had ended before. */
  #end(): boolean {
    if (this.#closed) return false;
    this.close();
    return true;
  }
  #now(step: () => void): void {
    if (this.#behind) this.#inOrder(step);
    else step();
  }
  #inOrder(step: () => void | Promise<void>): void {
    const turn: Promise<void> = (this.#behind ?? Promise.resolve())
      .then(step)
      .catch((reason: unknown) => this.#fail(reason))
      .finally(() => {
        if (this.#behind === turn) this.#behind = undefined;
      });
    this.#behind = turn;
  }
}

/** What is out while it is asked is told as such: the client may ask again. */
const outages: ReadonlySet<unknown> = new Set(['CLUSTER_UNAVAILABLE', 'CONTROL_PLANE_UNAVAILABLE', 'TIMEOUT']);

function noLonger({ errors = [] }: ExecutionResult): Error {
  const out = errors.find(({ extensions }) => outages.has(extensions['code']));
  return out ?? new Outage('FORBIDDEN', 'What the caller may do has changed: this subscription is no longer allowed.');
}
