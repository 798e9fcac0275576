/** Time limits for Valkey, in milliseconds. They are not configurable. */
export interface ValkeyLimits {
  /** For a reply of a connected node. A node that does not reply within this time counts as frozen. */
  readonly replyMs: number;
  /** For opening one connection, including authentication. */
  readonly connectMs: number;
  /** How long a connection may be silent before it is probed. */
  readonly heartbeatMs: number;
  /** Longest pause between attempts to reopen a lost connection. */
  readonly reconnectMs: number;
  /** How long a connection for transactions is kept without one. */
  readonly exclusiveIdleMs: number;
}

/** Together they ensure an error within 1.5 s, and a success within 2 s after a node comes back. */
export const defaultLimits: ValkeyLimits = {
  replyMs: 1_200,
  connectMs: 1_000,
  heartbeatMs: 1_000,
  reconnectMs: 400,
  exclusiveIdleMs: 10_000,
};
