import { defaultPatternLimits, type PatternLimits } from '../../domain/patterns.js';
import { defaultClientLimits, type ClientLimits } from './client-limits.js';
import { defaultOperationLimits, type OperationLimits } from './operation-limits.js';

/** What one client may ask of the server; each has a name in the configuration. */
export interface ServerLimits extends OperationLimits, ClientLimits, PatternLimits {
  /** Longest HTTP body, bytes; longer ones answer 413. */
  readonly maxBodyBytes: number;
  /** Longest WebSocket message, bytes; longer ones close the socket with 1009. */
  readonly maxMessageBytes: number;
  /** Bytes that may wait for one socket: at half of it its subscriptions pause, and what they queue then fills the rest. */
  readonly maxBufferedBytes: number;
  /** A socket that takes nothing for this long, while something waits for it, is closed. */
  readonly stallTimeoutMs: number;
  /** A request must have arrived, headers and body, within this long; later ones answer 408. */
  readonly requestTimeoutMs: number;
  /** A WebSocket must have sent `connection_init` within this long, else it closes with 4408. */
  readonly connectionInitTimeoutMs: number;
  /** A query or mutation answers TIMEOUT after this long. */
  readonly operationTimeoutMs: number;
  /** How long a closing server lets running requests finish. */
  readonly drainTimeoutMs: number;
  /** Between two signs of life on a quiet WebSocket or event stream. */
  readonly keepAliveMs: number;
}

/** A limit by its name in the configuration. */
export type LimitName = keyof ServerLimits;

/** Told each time that a limit has refused or ended something. */
export type OnLimit = (this: void, limit: LimitName) => void;

export const defaultLimits: ServerLimits = {
  ...defaultOperationLimits,
  ...defaultClientLimits,
  ...defaultPatternLimits,
  maxBodyBytes: 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  maxBufferedBytes: 1024 * 1024,
  stallTimeoutMs: 25_000,
  requestTimeoutMs: 30_000,
  connectionInitTimeoutMs: 3_000,
  operationTimeoutMs: 30_000,
  drainTimeoutMs: 5_000,
  keepAliveMs: 12_000,
};
