import { isUtf8 } from 'node:buffer';

/** Decodes UTF-8 without a leading byte order mark; undefined if the bytes are not UTF-8. */
export function decodeText(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', hasMark ? 3 : 0);
}

/** The message to callers for text that `decodeText` refuses. */
export const expectedUtf8 = 'Expected UTF-8, received bytes that are not valid UTF-8.';

/**
 * Parses a query string or a body of type application/x-www-form-urlencoded; undefined if a name or value is not UTF-8.
 * `encoded` has one character per byte, like the URL of a request in Node.js.
 */
export function parseForm(encoded: string): URLSearchParams | undefined {
  const pairs: [string, string][] = [];
  for (const part of encoded.split('&')) {
    if (part === '') continue;
    const [name = '', ...rest] = part.split('=');
    const pair = [decodePart(name), decodePart(rest.join('='))] as const;
    if (pair[0] === undefined || pair[1] === undefined) return undefined;
    pairs.push([pair[0], pair[1]]);
  }
  return new URLSearchParams(pairs);
}

/** Not `decodeText`: within a form, U+FEFF is an ordinary character. */
function decodePart(part: string): string | undefined {
  const bytes = Buffer.from(
    part
      .replaceAll('+', ' ')
      .replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  );
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
