/** Limits of subscriptions, which are not configurable. The defaults suit a process of a few hundred MiB. */
export interface RealtimeLimits {
  /** Most bytes queued for one paused subscription whose listener has no byte budget. Beyond it, the overflow policy applies. */
  readonly maxQueuedBytes: number;
  /** Most channels and patterns of one subscription. */
  readonly maxChannels: number;
  /** Most streams watched at once in all clusters. Each needs one blocking connection, however many subscribers it has. */
  readonly maxStreams: number;
  /** Most entries in one page of a stream. */
  readonly maxPageEntries: number;
  /**
   * Intended bytes of one page of a stream, estimated from the size of the entries before it. About as many bytes of recent pages
   * are cached for each stream, for subscribers that pause briefly.
   */
  readonly pageBytes: number;
  /** How long one blocking read waits. A stream that was recreated with smaller IDs is detected within this time. */
  readonly blockMs: number;
  /**
   * How long a consumer without pending entries may send no command before another process regards it as dead and removes it.
   * This process marks its own consumers as alive three times as often.
   */
  readonly silentConsumerMs: number;
  /** How long the subscriber connection of a cluster stays open without subscriptions. */
  readonly idleConnectionMs: number;
}

export const defaultRealtimeLimits: RealtimeLimits = {
  maxQueuedBytes: 1024 * 1024,
  maxChannels: 1000,
  maxStreams: 256,
  maxPageEntries: 500,
  pageBytes: 256 * 1024,
  blockMs: 5000,
  silentConsumerMs: 60_000,
  idleConnectionMs: 10_000,
};
