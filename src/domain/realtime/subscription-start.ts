/**
 * Part of the first delivery of a subscription that requested to `announce` its start. Every message that is published
 * after it arrives.
 */
export interface SubscriptionStart {
  /** When the upstream subscription was confirmed. */
  readonly at: Date;
  /** The position after which the subscription delivers; null if the source has no positions. */
  readonly cursor: string | null;
}
