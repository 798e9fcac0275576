import type { Reading } from '../../telemetry/metrics/scraped.js';
import type { Backpressure } from './backpressure.js';

/** Who stays connected, and what waits for them: counted when somebody looks. */
export class OpenClients {
  readonly #clients = new Map<Backpressure, string>();

  add(client: Backpressure, transport: string): void {
    this.#clients.set(client, transport);
  }

  remove(client: Backpressure): void {
    this.#clients.delete(client);
  }

  byTransport(): readonly Reading[] {
    return [...this.#clients.values()].map((transport) => [transport, 1]);
  }

  /** Bytes that are written and not taken, and those that their subscriptions still hold. */
  waiting(): readonly Reading[] {
    const clients = [...this.#clients.keys()];
    const sum = (of: (client: Backpressure) => number): number => clients.reduce((total, each) => total + of(each), 0);
    return [
      ['sockets', sum(({ written }) => written)],
      ['subscriptions', sum(({ queued }) => queued)],
    ];
  }
}
