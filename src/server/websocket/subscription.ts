import type { GraphQLError } from 'graphql';
import { MessageType, type Context } from 'graphql-ws';
import type { LiveSource } from '../../runtime/live-source.js';
import type { ByteBudget } from '../../runtime/byte-budget.js';
import { deliver, type Asked, type Delivery } from '../delivery/deliver.js';
import type { FrameSink } from '../delivery/frame-sink.js';
import type { SharedOperation } from '../delivery/shared-operation.js';
import type { SocketConnection } from './connection.js';
import { textFrame } from './frame.js';

export type ProtocolContext = Context<Record<string, unknown> | undefined, SocketConnection>;

const closingBrace = Buffer.from('}');
const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * One subscription on a socket: its frames are written past graphql-ws, which keeps the protocol. What that would hold of a
 * subscription while it waits for the next result (the message, the operation, a suspended function for each) is more than all
 * the rest of an idle one. So its loop is ended at once, silently, and what it is left with is the entry in its books, by which
 * the client's `complete` and the socket's end reach the subscription.
 */
export class SocketSubscription implements FrameSink {
  /** What graphql-ws is given. */
  readonly entry = new Entry(this);
  readonly #context: ProtocolContext;
  readonly #id: string;
  readonly #prefix: Buffer;
  readonly #delivery: Delivery;
  /** Whether graphql-ws, or this, tells the client of the end; in between it is told once graphql-ws has left its loop. */
  #told: 'by graphql-ws' | 'later' | 'here' = 'by graphql-ws';
  #ending: { readonly failure?: GraphQLError } | undefined;
  #isForgotten = false;

  constructor(
    context: ProtocolContext,
    id: string,
    { source, shared, asked }: { source: LiveSource<object>; shared: SharedOperation; asked: Asked },
  ) {
    this.#context = context;
    this.#id = id;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    this.#delivery = deliver(source, shared, this, asked);
    context.extra.backpressure.add(this.#delivery);
    context.extra.operations.add(id, this.#delivery);
  }

  get budget(): ByteBudget {
    return this.#context.extra.backpressure.budget;
  }

  next(result: Buffer): void {
    this.#context.extra.sendFrame(textFrame(this.#prefix, result, closingBrace));
  }

  error(failure: GraphQLError): void {
    this.#end({ failure });
  }

  complete(): void {
    this.#end({});
  }

  /** Has graphql-ws leave its loop: it says nothing of the end of an operation that is not in its books. */
  leaveLoop(): Promise<IteratorReturnResult<undefined>> {
    if (this.#ending?.failure) return Promise.reject(this.#ending.failure);
    if (!this.#ending) {
      this.#told = 'later';
      this.#strike();
    }
    return Promise.resolve(end);
  }

  /** To be called when graphql-ws has left its loop, before any other message is looked at. */
  stand(): void {
    if (this.#told !== 'later') return;
    this.#told = 'here';
    if (this.#ending) this.#tell(this.#ending);
    else this.#context.subscriptions[this.#id] = this.entry;
  }

  /** The client has completed it, or is gone. */
  abandon(): void {
    this.#forget();
    this.#delivery.close();
  }

  #end(ending: { readonly failure?: GraphQLError }): void {
    this.#forget();
    this.#ending = ending;
    if (this.#told !== 'here') return;
    this.#strike();
    this.#tell(ending);
  }

  #tell({ failure }: { readonly failure?: GraphQLError }): void {
    const message = failure
      ? { id: this.#id, type: MessageType.Error, payload: [failure.toJSON()] }
      : { id: this.#id, type: MessageType.Complete };
    this.#context.extra.send(JSON.stringify(message));
  }

  #strike(): void {
    const { subscriptions } = this.#context;
    if (subscriptions[this.#id] === this.entry) Reflect.deleteProperty(subscriptions, this.#id);
  }

  #forget(): void {
    if (this.#isForgotten) return;
    this.#isForgotten = true;
    this.#context.extra.quota.end('subscription');
    this.#context.extra.backpressure.remove(this.#delivery);
    this.#context.extra.operations.remove(this.#id, this.#delivery);
  }
}

/** An iterator that yields nothing, through which graphql-ws handles a subscription. */
class Entry implements AsyncIterableIterator<never> {
  readonly #subscription: SocketSubscription;

  constructor(subscription: SocketSubscription) {
    this.#subscription = subscription;
  }

  next(): Promise<IteratorReturnResult<undefined>> {
    return this.#subscription.leaveLoop();
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#subscription.abandon();
    return Promise.resolve(end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
