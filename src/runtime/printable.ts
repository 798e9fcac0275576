import { isUtf8 } from 'node:buffer';

/** C0 and C1 control characters, which terminals may execute, and the backslash, which begins an escape. */
const special = /[\u0000-\u001f\u007f-\u009f\\]/g;

/**
 * Bytes as text for people: UTF-8 as it is, and every other byte and every control character as `\xff`. A backslash is doubled, so that
 * different bytes never look the same.
 */
export function printable(bytes: Buffer): string {
  if (isUtf8(bytes)) return escaped(bytes.toString('utf8'));
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const character = bytes.subarray(at, at + lengthOfCharacter(bytes[at] ?? 0));
    if (isUtf8(character)) {
      text += escaped(character.toString('utf8'));
      at += character.length;
    } else {
      text += escapeOf(bytes[at] ?? 0);
      at += 1;
    }
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(special, (character) =>
    character === '\\' ? '\\\\' : [...Buffer.from(character)].map(escapeOf).join(''),
  );
}

function escapeOf(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** The number of bytes of the UTF-8 character that begins with this byte, if it is valid. */
function lengthOfCharacter(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
