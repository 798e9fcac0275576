import { createHash } from 'node:crypto';

/**
 * The position of a SCAN in one process. The cursor is valid for that process only. Another process has another hash seed and would
 * miss keys.
 */
export interface ScanPosition {
  /** Digest of the process's run ID; empty if the user may not run INFO. */
  readonly process: string;
  /** An unsigned 64-bit number in decimal. */
  readonly cursor: string;
  /**
   * The names of the reply to `cursor` that were already returned. A reply may have more names than a page. It is read again, and the
   * next page has its other names.
   */
  readonly returned: ReturnedNames;
}

/**
 * There are two forms, since a page of n names has n cursors. `digests` stays valid if the reply changes, so that a client that reads
 * page after page always reaches the end. `first` is a number, which is cheap to create, and is valid as long as the reply has the same
 * names. If the reply has changed, all of its names are returned again, so that names may be repeated but none is lost.
 */
export type ReturnedNames =
  { readonly digests: readonly string[] } | { readonly first: number; readonly of: ReplyMark };

/** Identifies a reply. */
export interface ReplyMark {
  /** The digest of all its names, ordered by their bytes. */
  readonly digest: string;
  /** The COUNT of the scan. The same scan has the same reply if nothing has changed. */
  readonly count: number;
}

export const scanStart: ScanPosition = { process: '', cursor: '0', returned: { digests: [] } };

/** Characters of a digest. */
export const digestLength = 8;

export function digestOf(...contents: readonly (Buffer | string)[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('base64url').slice(0, digestLength);
}

/** The digest of INFO's `run_id`, so that a cursor does not reveal facts about the server. */
export function processOf(info: string): string {
  const [, runId] = /^run_id:(\w+)/m.exec(info) ?? [];
  return runId === undefined ? '' : digestOf(runId);
}

/** Whether the text is a valid cursor of SCAN. */
export function isScanCursor(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;
}
