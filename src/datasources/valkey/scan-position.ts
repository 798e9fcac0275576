import { createHash } from 'node:crypto';

/**
 * Where a SCAN of one process stands. Its cursor means something to that process alone: another one has another hash seed,
 * and would miss keys.
 */
export interface ScanPosition {
  /** Digest of the process's run ID; empty where INFO is denied and nobody knows. */
  readonly process: string;
  /** An unsigned 64-bit number in decimal. */
  readonly cursor: string;
  /**
   * Digests of the names already handed out of the reply to `cursor`, which may hold more than fits a page. The reply is
   * asked for again; whatever of it is not among these is still to come, however the table was resized meanwhile.
   */
  readonly seen: readonly string[];
}

export function digestOf(name: Buffer | string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 8);
}

/** `run_id` of INFO as a digest, so that a cursor tells nothing of the server. */
export function processOf(info: string): string {
  const [, runId] = /^run_id:(\w+)/m.exec(info) ?? [];
  return runId === undefined ? '' : digestOf(runId);
}

/** Whether a text is a cursor as SCAN answers them. */
export function isScanCursor(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;
}
