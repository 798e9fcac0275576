/** In the first delivery of a subscription that asked to `announce` its start. Everything published after it arrives. */
export interface SubscriptionStart {
  /** When the upstream subscription was confirmed. */
  readonly at: Date;
  /** The position after which it delivers; null if the source has no positions. */
  readonly cursor: string | null;
}
