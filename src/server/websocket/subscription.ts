import type { GraphQLError } from 'graphql';
import { MessageType, type Context } from 'graphql-ws';
import {
  addSubscription,
  endOfLoop,
  ParkedIterator,
  removeSubscription,
  type ParkedIteratorOwner,
} from '../../interop/graphql-ws-subscriptions.js';
import { textFrame } from '../../interop/websocket-frame.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { ByteBudget } from '../../runtime/byte-budget.js';
import { deliver, type Delivery, type SubscriptionRequest } from '../delivery/deliver.js';
import type { FrameSink } from '../delivery/frame-sink.js';
import type { SharedOperation } from '../delivery/shared-operation.js';
import type { SocketConnection } from './connection.js';

export type ProtocolContext = Context<Record<string, unknown> | undefined, SocketConnection>;

const closingBrace = Buffer.from('}');

/**
 * One subscription on a socket. Its frames bypass graphql-ws, which handles the rest of the protocol. The loop of graphql-ws ends
 * as soon as it starts, without a message to the client. The iterator stays in the table of graphql-ws, so that the client's
 * `complete` and the end of the socket still reach the subscription.
 */
export class SocketSubscription implements FrameSink, ParkedIteratorOwner {
  /** The iterator that graphql-ws receives. */
  readonly iterator = new ParkedIterator(this);
  readonly #context: ProtocolContext;
  readonly #id: string;
  readonly #prefix: Buffer;
  readonly #delivery: Delivery;
  /** graphql-ws reports an end before its loop starts. An end within the loop waits for `onLoopEnd`; later ones are reported here. */
  #endReportedBy: 'graphql-ws' | 'onLoopEnd' | 'subscription' = 'graphql-ws';
  #ending: { readonly failure?: GraphQLError } | undefined;
  #isForgotten = false;

  constructor(
    context: ProtocolContext,
    id: string,
    { source, shared, request }: { source: LiveSource<object>; shared: SharedOperation; request: SubscriptionRequest },
  ) {
    this.#context = context;
    this.#id = id;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    this.#delivery = deliver(source, shared, this, request);
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

  onLoopStart(): Promise<typeof endOfLoop> {
    if (this.#ending?.failure) return Promise.reject(this.#ending.failure);
    if (!this.#ending) {
      this.#endReportedBy = 'onLoopEnd';
      removeSubscription(this.#context, this.#id, this.iterator);
    }
    return Promise.resolve(endOfLoop);
  }

  /** To be called when the loop of graphql-ws has ended, before the client's next message is handled. */
  onLoopEnd(): void {
    if (this.#endReportedBy !== 'onLoopEnd') return;
    this.#endReportedBy = 'subscription';
    if (this.#ending) this.#reportEnd(this.#ending);
    else addSubscription(this.#context, this.#id, this.iterator);
  }

  onReturn(): void {
    this.#forget();
    this.#delivery.close();
  }

  #end(ending: { readonly failure?: GraphQLError }): void {
    this.#forget();
    this.#ending = ending;
    if (this.#endReportedBy !== 'subscription') return;
    removeSubscription(this.#context, this.#id, this.iterator);
    this.#reportEnd(ending);
  }

  #reportEnd({ failure }: { readonly failure?: GraphQLError }): void {
    const message = failure
      ? { id: this.#id, type: MessageType.Error, payload: [failure.toJSON()] }
      : { id: this.#id, type: MessageType.Complete };
    this.#context.extra.send(JSON.stringify(message));
  }

  #forget(): void {
    if (this.#isForgotten) return;
    this.#isForgotten = true;
    this.#context.extra.caller.quota.end('subscription');
    this.#context.extra.backpressure.remove(this.#delivery);
    this.#context.extra.operations.remove(this.#id, this.#delivery);
  }
}
