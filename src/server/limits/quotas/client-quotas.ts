import type { OnLimit } from '../../../config/limits/server-limits.js';
import type { ClientLimits } from '../../../config/limits/client-limits.js';
import { LimitExceeded, RateLimited, type RateLimit } from '../limit-exceeded.js';
import { TokenBucket } from './token-bucket.js';

/** Counts open connections and recent operations by the client's key. A method that throws counts nothing. */
export interface ClientQuotas extends Disposable {
  /** @throws RateLimited */
  takeOperation(client: string): void;
  /** @throws RateLimited */
  spend(client: string, cost: number): void;
  /** @throws LimitExceeded */
  openSubscription(client: string): void;
  closeSubscription(client: string): void;
  /** @throws LimitExceeded */
  openSocket(client: string): void;
  closeSocket(client: string): void;
  /** Counts a socket for its address, before its client is known. @throws LimitExceeded */
  openConnection(address: string): void;
  closeConnection(address: string): void;
  /** The numbers that are counted at the moment. */
  usage(): { readonly clients: number; readonly subscriptions: number; readonly sockets: number };
}

interface Client {
  subscriptions: number;
  sockets: number;
  connections: number;
  readonly operations: TokenBucket | undefined;
  readonly cost: TokenBucket | undefined;
}

/** Idle clients are removed at this interval. */
const sweepEveryMs = 10_000;
/** A client can save up unused operations for this time. */
const burstSeconds = 2;

type Counted = 'subscriptions' | 'sockets' | 'connections';

export function createClientQuotas(
  limits: ClientLimits,
  onLimit: OnLimit,
  now = () => performance.now(),
): ClientQuotas {
  const clients = new Map<string, Client>();
  const { maxOperationsPerSecond, maxCostPerMinute } = limits;

  const find = (key: string): Client => {
    const existing = clients.get(key);
    if (existing) return existing;
    const client: Client = {
      subscriptions: 0,
      sockets: 0,
      connections: 0,
      operations: bucketOf(maxOperationsPerSecond, maxOperationsPerSecond * burstSeconds, now()),
      cost: bucketOf(maxCostPerMinute / 60, maxCostPerMinute, now()),
    };
    clients.set(key, client);
    return client;
  };
  const isIdle = ({ subscriptions, sockets, connections, operations, cost }: Client): boolean =>
    subscriptions + sockets + connections === 0 && operations?.isFull(now()) !== false && cost?.isFull(now()) !== false;
  const sweep = setInterval(() => {
    for (const [key, client] of clients) if (isIdle(client)) clients.delete(key);
  }, sweepEveryMs).unref();

  const take = (bucket: TokenBucket | undefined, count: number, rate: RateLimit, max: number): void => {
    const waitMs = bucket?.take(count, now()) ?? 0;
    if (waitMs === 0) return;
    onLimit(rate);
    throw new RateLimited(rate, max, waitMs / 1000);
  };
  const open = (key: string, counted: Counted, limit: keyof ClientLimits, subject: string): void => {
    const client = find(key);
    if (client[counted] >= limits[limit]) {
      onLimit(limit);
      throw new LimitExceeded(limit, subject, limits[limit]);
    }
    client[counted] += 1;
  };
  const close = (key: string, counted: Counted): void => {
    const client = clients.get(key);
    if (!client) return;
    client[counted] -= 1;
    if (isIdle(client)) clients.delete(key);
  };
  const total = (counted: Counted): number => [...clients.values()].reduce((sum, client) => sum + client[counted], 0);

  return {
    takeOperation: (key) =>
      maxOperationsPerSecond > 0 && take(find(key).operations, 1, 'maxOperationsPerSecond', maxOperationsPerSecond),
    spend: (key, cost) => maxCostPerMinute > 0 && take(find(key).cost, cost, 'maxCostPerMinute', maxCostPerMinute),
    openSubscription: (key) =>
      open(key, 'subscriptions', 'maxSubscriptionsPerClient', 'a number of subscriptions of one client'),
    closeSubscription: (key) => close(key, 'subscriptions'),
    openSocket: (key) => open(key, 'sockets', 'maxSocketsPerClient', 'a number of sockets of one client'),
    closeSocket: (key) => close(key, 'sockets'),
    openConnection: (key) => open(key, 'connections', 'maxSocketsPerAddress', 'a number of sockets of one address'),
    closeConnection: (key) => close(key, 'connections'),
    usage: () => ({ clients: clients.size, subscriptions: total('subscriptions'), sockets: total('sockets') }),
    [Symbol.dispose]: () => clearInterval(sweep),
  };
}

function bucketOf(perSecond: number, capacity: number, now: number): TokenBucket | undefined {
  return capacity === 0 ? undefined : new TokenBucket(perSecond, capacity, now);
}
