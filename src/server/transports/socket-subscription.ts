import type { GraphQLError } from 'graphql';
import type { LiveSource } from '../../domain/live-source.js';
import type { QueueRoom } from '../../domain/queue-room.js';
import { deliver, type Delivery } from '../delivery/deliver.js';
import type { FrameSink } from '../delivery/frame-sink.js';
import type { SharedOperation } from '../delivery/shared-operation.js';
import type { Caller } from '../execution/caller.js';
import { ParkedIterator } from './parked-iterator.js';
import type { SocketConnection } from './socket-connection.js';

const closingBrace = Buffer.from('}');

/** One subscription on a socket: its frames are written past graphql-ws, which only waits for its end. */
export class SocketSubscription implements FrameSink {
  /** What graphql-ws waits for. */
  readonly parked = new ParkedIterator(() => this.#abandon());
  readonly #connection: SocketConnection;
  readonly #id: string;
  readonly #prefix: Buffer;
  readonly #delivery: Delivery;

  constructor(
    connection: SocketConnection,
    id: string,
    { source, operation, caller }: { source: LiveSource<object>; operation: SharedOperation; caller: Caller },
  ) {
    this.#connection = connection;
    this.#id = id;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    this.#delivery = deliver(source, operation, this, caller);
    connection.backpressure.add(this.#delivery);
    connection.operations.add(id, this.#delivery);
  }

  get room(): QueueRoom {
    return this.#connection.backpressure.room;
  }

  next(result: Buffer): void {
    this.#connection.send(Buffer.concat([this.#prefix, result, closingBrace]));
  }

  error(reason: GraphQLError): void {
    this.#forget();
    this.parked.fail(reason);
  }

  complete(): void {
    this.#forget();
    this.parked.end();
  }

  #abandon(): void {
    this.#forget();
    this.#delivery.close();
  }

  #forget(): void {
    this.#connection.backpressure.remove(this.#delivery);
    this.#connection.operations.remove(this.#id, this.#delivery);
  }
}
