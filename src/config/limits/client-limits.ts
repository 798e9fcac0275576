/** What one client may have open and do: a caller who has authenticated, or else all who come from one address. */
export interface ClientLimits {
  /** Operations a second, on the average of two; 0 for any number. */
  readonly maxOperationsPerSecond: number;
  /** What all operations of a minute may cost; 0 for anything. */
  readonly maxCostPerMinute: number;
  /** Subscriptions at once, over whatever sockets and streams. */
  readonly maxSubscriptionsPerClient: number;
  /** WebSockets at once, of a client that has been let in. */
  readonly maxSocketsPerClient: number;
  /** WebSockets at once from one address, whether or not they have been let in. */
  readonly maxSocketsPerAddress: number;
  /** Operations at once on one WebSocket: subscriptions, and queries and mutations until they are answered. */
  readonly maxOperationsPerSocket: number;
  /** Subscriptions at once on one WebSocket. */
  readonly maxSubscriptionsPerSocket: number;
}

export const defaultClientLimits: ClientLimits = {
  maxOperationsPerSecond: 50_000,
  maxCostPerMinute: 0,
  maxSubscriptionsPerClient: 50_000,
  maxSocketsPerClient: 20_000,
  maxSocketsPerAddress: 20_000,
  maxOperationsPerSocket: 1_000,
  maxSubscriptionsPerSocket: 1_000,
};
