import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { OperationPlan } from '../execution/prepare/operation-plan.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import type { TransportOptions } from '../transport-options.js';

type Kind = OperationPlan['kind'];

/** Counts the operations of one socket against the limits of the socket and of its client. */
export class SocketQuota {
  /** The key of the client's limits. */
  readonly client: string;
  readonly #options: Pick<TransportOptions, 'quotas' | 'limits' | 'metrics'>;
  #operations = 0;
  #subscriptions = 0;
  #isClosed = false;

  /** Admission has already counted the socket for its client; `close` ends that. */
  constructor(client: string, options: Pick<TransportOptions, 'quotas' | 'limits' | 'metrics'>) {
    this.client = client;
    this.#options = options;
  }

  /** To be called for each operation before it is parsed. @throws RateLimited */
  takeOperation(): void {
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

  /** Releases the socket and its subscriptions. Later calls of `end` do nothing. */
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
