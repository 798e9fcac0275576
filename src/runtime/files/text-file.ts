import { readFile } from 'node:fs/promises';
import { decodeText } from '../text.js';

class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
}

/**
 * Reads a UTF-8 file, without a leading byte order mark. Rejects other bytes: Node.js would replace them, so that a
 * name or a password would silently become a different one.
 */
export async function readTextFile(path: string): Promise<string> {
  const text = decodeText(await readFile(path));
  if (text === undefined) throw new NotUtf8('The file is not UTF-8.');
  return text;
}

/** Describes a failure of `readTextFile` as a predicate, to follow the name of the file. */
export function readFailure(error: unknown): string {
  return error instanceof NotUtf8 ? 'is not UTF-8' : 'cannot be read';
}
