/** How long this API waits for Valkey, in milliseconds. */
export interface ValkeyLimits {
  /** For a reply of a connected node; a node that answers nothing for so long is taken for frozen. */
  readonly replyMs: number;
  /** For one connection to be open, authentication included. */
  readonly connectMs: number;
  /** Of silence, after which a connection is asked for a sign of life. */
  readonly heartbeatMs: number;
  /** Between attempts to get a lost connection back, at most. */
  readonly reconnectMs: number;
}

/** Together they keep the promise of an error within 1.5 s, and of a success within 2 s of a node's return. */
export const defaultLimits: ValkeyLimits = { replyMs: 1_200, connectMs: 1_000, heartbeatMs: 1_000, reconnectMs: 400 };
