import { createHash } from 'node:crypto';

/**
 * Where a SCAN of one process is. Its cursor means something to that process alone: another one has another hash seed,
 * and would miss keys.
 */
export interface ScanPosition {
  /** Digest of the process's run ID; empty where INFO is denied and nobody knows. */
  readonly process: string;
  /** An unsigned 64-bit number in decimal. */
  readonly cursor: string;
  /**
   * What was handed out of the reply to `cursor`, which may hold more than fits a page. The reply is asked for again; what is
   * not among these is still to come.
   */
  readonly returned: ReturnedNames;
}

/**
 * Two forms, since a page of n names has n cursors. `digests` holds for whatever the reply is by then: a client that goes on from
 * page to page always comes to an end. `first` is a number, which costs nothing to write, and holds as long as the reply has the same
 * names; otherwise the reply counts as not handed out, so that names may come again and none is lost.
 */
export type ReturnedNames =
  { readonly digests: readonly string[] } | { readonly first: number; readonly of: ReplyMark };

/** By which a reply is known again, in the order of its names' bytes. */
export interface ReplyMark {
  /** Of all its names together. */
  readonly digest: string;
  /** COUNT of the scan: the same scan has the same reply, if nothing has changed. */
  readonly count: number;
}

export const scanStart: ScanPosition = { process: '', cursor: '0', returned: { digests: [] } };

/** As many characters as each digest has. */
export const digestLength = 8;

export function digestOf(...contents: readonly (Buffer | string)[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('base64url').slice(0, digestLength);
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
