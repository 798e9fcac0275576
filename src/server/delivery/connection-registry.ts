import type { Reading } from '../../telemetry/metrics/scraped.js';
import type { Backpressure } from './backpressure.js';

/** The connections that stay open, and the bytes that wait for each: counted when the metrics are read. */
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

  /** Bytes that are written and not taken, and those that their subscriptions still hold. */
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
