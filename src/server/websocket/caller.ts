import { dateTimeOf } from '../../runtime/date-time.js';
import type { CallerReason } from '../admission/admit-request.js';
import { Refusal } from '../admission/refusal.js';
import type { RequestOrigin } from '../execution/request/request-context.js';
import type { TransportOptions } from '../transport-options.js';
import { SocketPrincipal } from './principal.js';
import { SocketQuota } from './quota.js';

/** The parts of an upgrade request that its socket keeps. */
export interface UpgradeRequest {
  readonly authorization: string | undefined;
  readonly origin: RequestOrigin;
}

/**
 * The caller of one socket: unknown until `connection_init` is admitted. A class, since a server holds many thousands of idle
 * sockets: closures for each would use several times the memory.
 */
export class SocketCaller {
  /** The client's address. */
  readonly address: string | undefined;
  readonly #options: TransportOptions;
  #authorization: string | undefined;
  /** The ID of the upgrade request, until the caller is admitted. */
  #requestId: string | undefined;
  #principal: SocketPrincipal | undefined;
  #quota: SocketQuota | undefined;

  constructor({ authorization, origin }: UpgradeRequest, options: TransportOptions) {
    this.#authorization = authorization;
    this.#requestId = origin.requestId;
    this.address = origin.address;
    this.#options = options;
  }

  get isAdmitted(): boolean {
    return this.#principal !== undefined;
  }

  /** @throws Error before the caller is admitted; graphql-ws accepts no operation until then */
  get principal(): SocketPrincipal {
    if (!this.#principal) throw new Error('Expected an admitted caller.');
    return this.#principal;
  }

  /** @throws Error before the caller is admitted */
  get quota(): SocketQuota {
    if (!this.#quota) throw new Error('Expected an admitted caller.');
    return this.#quota;
  }

  get expiresAt(): number {
    return this.principal.expiresAt;
  }

  /** `expiresAt` in the form of RFC 3339. Null if the credentials never expire, or at a time that RFC 3339 cannot write. */
  get expiresAtText(): string | null {
    const { expiresAt } = this;
    return Number.isFinite(expiresAt) ? (dateTimeOf(expiresAt)?.toISOString() ?? null) : null;
  }

  /**
   * Admits the caller by the credentials in the payload of `connection_init`, or else by those of the upgrade request: browsers can
   * set no header there.
   */
  async admit(payload: unknown): Promise<Refusal<CallerReason> | undefined> {
    const authorization = credentialsIn(payload) ?? this.#authorization;
    this.#authorization = undefined;
    const admitted = await this.#options.admission.admitCaller(authorization, this.address, 'socket');
    if (admitted instanceof Refusal) {
      this.reportRefusal(admitted);
      return admitted;
    }
    this.#requestId = undefined;
    this.#principal = new SocketPrincipal(admitted.identity);
    this.#quota = new SocketQuota(admitted.client, this.#options);
    return undefined;
  }

  /**
   * Replaces the credentials of an admitted caller. If fresh ones are refused, or belong to another subject, the earlier ones remain
   * valid until they expire.
   */
  async renew(authorization: string): Promise<'renewed' | 'other subject' | Refusal<CallerReason>> {
    const admitted = await this.#options.admission.admitCaller(authorization, this.address, 'nothing');
    if (admitted instanceof Refusal) {
      this.reportRefusal(admitted);
      return admitted;
    }
    return this.principal.renew(admitted.identity) ? 'renewed' : 'other subject';
  }

  /** Counts and logs a refusal of anything that the client has sent. */
  reportRefusal(refusal: Refusal): void {
    const { limits, metrics, observer } = this.#options;
    // The quotas count refusals with status 429.
    if (refusal.reason in limits && refusal.status !== 429) metrics.limitHit(refusal.reason);
    observer.refuseRequest({ transport: 'websocket', requestId: this.#requestId, address: this.address }, refusal);
  }

  /** Releases what the socket uses of the caller's quotas. */
  close(): void {
    this.#quota?.close();
  }
}

/** The member `authorization` of the payload of `connection_init` or `ping`, with the same value as the header. */
export function credentialsIn(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const value =
    'authorization' in payload ? payload.authorization : 'Authorization' in payload && payload.Authorization;
  return typeof value === 'string' ? value : undefined;
}
