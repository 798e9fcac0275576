import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { OperationPlan } from '../execution/operation-plan.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import type { TransportOptions } from '../transport-options.js';

type Kind = OperationPlan['kind'];

/** What runs on one socket, as limits count it: its own, and its client's. */
export class SocketQuota {
  /** By whom it is counted. */
  readonly client: string;
  readonly #options: Pick<TransportOptions, 'quotas' | 'limits' | 'metrics'>;
  #operations = 0;
  #subscriptions = 0;
  #isClosed = false;

  /** Of a socket that admission has counted for its client; closing ends that. */
  constructor(client: string, options: Pick<TransportOptions, 'quotas' | 'limits' | 'metrics'>) {
    this.client = client;
    this.#options = options;
  }

  /** To be called with each operation before it is looked at. @throws RateLimited */
  take(): void {
    this.#options.quotas.takeOperation(this.client);
  }

  /** @throws LimitExceeded, RateLimited */
  begin({ plan: { kind }, cost }: Pick<PreparedOperation, 'plan' | 'cost'>): void {
    const { quotas } = this.#options;
    this.#check('maxOperationsPerSocket', 'operations at once on a socket', this.#operations);
    quotas.spend(this.client, cost);
    if (kind === 'subscription') {
      this.#check('maxSubscriptionsPerSocket', 'subscriptions on a socket', this.#subscriptions);
      quotas.openSubscription(this.client);
      this.#subscriptions += 1;
    }
    this.#operations += 1;
  }

  end(kind: Kind): void {
    if (this.#isClosed) return;
    this.#operations -= 1;
    if (kind !== 'subscription') return;
    this.#subscriptions -= 1;
    this.#options.quotas.closeSubscription(this.client);
  }

  /** The socket is gone, and all that ran on it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (; this.#subscriptions > 0; this.#subscriptions -= 1) this.#options.quotas.closeSubscription(this.client);
    this.#options.quotas.closeSocket(this.client);
  }

  #check(limit: 'maxOperationsPerSocket' | 'maxSubscriptionsPerSocket', subject: string, existing: number): void {
    const { limits, metrics } = this.#options;
    if (existing < limits[limit]) return;
    metrics.limitHit(limit);
    throw new LimitExceeded(limit, subject, limits[limit]);
  }
}
