import { count, type Limits } from '../../runtime/limit.js';

/** Limits of one client: an authenticated caller, or else all callers from one address. */
export const clientLimits = {
  /** Averaged over two seconds. */
  maxOperationsPerSecond: count(50_000, 'operations of one client, twice as many at once; 0 for any number', {
    min: 0,
  }),
  maxCostPerMinute: count(0, 'cost of all operations of one client in a minute; 0 for any cost', { min: 0 }),
  maxSubscriptionsPerClient: count(50_000, 'subscriptions at once, over all sockets and streams'),
  maxSocketsPerClient: count(20_000, 'WebSockets at once after admission; one more closes with 1013'),
  maxSocketsPerAddress: count(
    20_000,
    'WebSockets at once from one address, also before they are admitted; one more receives 429',
  ),
  maxOperationsPerSocket: count(1_000, 'subscriptions, and queries and mutations that are not answered yet'),
  maxSubscriptionsPerSocket: count(1_000, 'subscriptions on one WebSocket'),
};

export type ClientLimits = Limits<typeof clientLimits>;
