/** Bounds of what subscriptions may hold and ask; each has a default that suits a process of a few hundred MiB. */
export interface RealtimeLimits {
  /** Bytes that wait for one paused subscription before its overflow policy applies, where its listener has no room of its own. */
  readonly maxQueuedBytes: number;
  /** Channels and patterns of one subscription. */
  readonly maxChannels: number;
  /** Streams followed at once over all clusters; each costs one blocking connection, however many follow it. */
  readonly maxStreams: number;
  /** Entries read from a stream at once. */
  readonly maxPageEntries: number;
  /**
   * Bytes aimed at for one page of a stream, by the size of the entries before it. About as many are kept of each
   * followed stream, for subscribers that pause for a moment.
   */
  readonly pageBytes: number;
  /** How long one blocking read waits: a stream that was made again with smaller IDs is noticed within this. */
  readonly blockMs: number;
  /**
   * How long a consumer of a group may be silent, without pending entries, before others take it for dead and remove its
   * name. Consumers here give a sign of life three times as often.
   */
  readonly silentConsumerMs: number;
  /** How long the subscriber connection of a cluster without subscriptions is kept. */
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
