import type { OnLimit } from '../../../config/limits/server-limits.js';
import type { ClientLimits } from '../../../config/limits/client-limits.js';
import { LimitExceeded, RateLimited, type RateLimit } from '../limit-exceeded.js';
import { TokenBucket } from './token-bucket.js';

/** What each client has open and has done lately, by its key. Each of these throws where a limit refuses it, and then counts nothing. */
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
  /** A socket of whoever it is. @throws LimitExceeded */
  openConnection(address: string): void;
  closeConnection(address: string): void;
  /** What is remembered at the moment. */
  usage(): { readonly clients: number; readonly subscriptions: number; readonly sockets: number };
}

interface Client {
  subscriptions: number;
  sockets: number;
  connections: number;
  readonly operations: TokenBucket | undefined;
  readonly cost: TokenBucket | undefined;
}

/** What is idle is forgotten after this long. */
const sweepEveryMs = 10_000;
/** So long a client may save up what it does not use. */
const burstSeconds = 2;

type Counted = 'subscriptions' | 'sockets' | 'connections';

export function createClientQuotas(
  limits: ClientLimits,
  onLimit: OnLimit,
  now = () => performance.now(),
): ClientQuotas {
  const known = new Map<string, Client>();
  const { maxOperationsPerSecond, maxCostPerMinute } = limits;

  const find = (key: string): Client => {
    const existing = known.get(key);
    if (existing) return existing;
    const client: Client = {
      subscriptions: 0,
      sockets: 0,
      connections: 0,
      operations: bucketOf(maxOperationsPerSecond, maxOperationsPerSecond * burstSeconds, now()),
      cost: bucketOf(maxCostPerMinute / 60, maxCostPerMinute, now()),
    };
    known.set(key, client);
    return client;
  };
  const isIdle = ({ subscriptions, sockets, connections, operations, cost }: Client): boolean =>
    subscriptions + sockets + connections === 0 && operations?.isFull(now()) !== false && cost?.isFull(now()) !== false;
  const sweep = setInterval(() => {
    for (const [key, client] of known) if (isIdle(client)) known.delete(key);
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
    const client = known.get(key);
    if (!client) return;
    client[counted] -= 1;
    if (isIdle(client)) known.delete(key);
  };
  const total = (counted: Counted): number => [...known.values()].reduce((sum, client) => sum + client[counted], 0);

  return {
    takeOperation: (key) =>
      maxOperationsPerSecond > 0 && take(find(key).operations, 1, 'maxOperationsPerSecond', maxOperationsPerSecond),
    spend: (key, cost) => maxCostPerMinute > 0 && take(find(key).cost, cost, 'maxCostPerMinute', maxCostPerMinute),
    openSubscription: (key) => open(key, 'subscriptions', 'maxSubscriptionsPerClient', 'subscriptions of one client'),
    closeSubscription: (key) => close(key, 'subscriptions'),
    openSocket: (key) => open(key, 'sockets', 'maxSocketsPerClient', 'sockets of one client'),
    closeSocket: (key) => close(key, 'sockets'),
    openConnection: (key) => open(key, 'connections', 'maxSocketsPerAddress', 'sockets of one address'),
    closeConnection: (key) => close(key, 'connections'),
    usage: () => ({ clients: known.size, subscriptions: total('subscriptions'), sockets: total('sockets') }),
    [Symbol.dispose]: () => clearInterval(sweep),
  };
}

function bucketOf(perSecond: number, capacity: number, now: number): TokenBucket | undefined {
  return capacity === 0 ? undefined : new TokenBucket(perSecond, capacity, now);
}
