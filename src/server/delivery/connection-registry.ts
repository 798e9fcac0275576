import type { Reading } from '../../telemetry/metrics/scraped.js';
import type { Backpressure } from './backpressure.js';

/** The open WebSockets and streams, and the bytes that wait for them. They are counted when the metrics are read. */
export class ConnectionRegistry {
  readonly #connections = new Map<Backpressure, string>();

  add(connection: Backpressure, transport: string): void {
    this.#connections.set(connection, transport);
  }

  remove(connection: Backpressure): void {
    this.#connections.delete(connection);
  }

  byTransport(): readonly Reading[] {
    return [...this.#connections.values()].map((transport) => [transport, 1]);
  }

  /** Bytes that wait in sockets, and in the queues of subscriptions. */
  waiting(): readonly Reading[] {
    const connections = [...this.#connections.keys()];
    const sum = (of: (connection: Backpressure) => number): number =>
      connections.reduce((total, each) => total + of(each), 0);
    return [
      ['sockets', sum(({ written }) => written)],
      ['subscriptions', sum(({ queued }) => queued)],
    ];
  }
}
