import { readFile } from 'node:fs/promises';
import { decodeText } from '../text.js';

/** A file of text that holds other bytes than UTF-8. */
class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
}

/**
 * The text of a file in UTF-8, without a byte order mark at its beginning. Node's own reading replaces other bytes, so that a name
 * or a password would silently be another one.
 */
export async function readTextFile(path: string): Promise<string> {
  const text = decodeText(await readFile(path));
  if (text === undefined) throw new NotUtf8('The file is not UTF-8.');
  return text;
}

/** Why `readTextFile` has failed, to follow the name of the file. */
export function whyUnreadable(error: unknown): string {
  return error instanceof NotUtf8 ? 'is not UTF-8' : 'cannot be read';
}
