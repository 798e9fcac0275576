import { isUtf8 } from 'node:buffer';
import { invalidInput } from './errors.js';

/** How bytes are written as text. Valkey names and values are bytes; GraphQL strings are text. */
export type Encoding = 'UTF8' | 'BASE64' | 'HEX';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const hex = /^(?:[0-9a-fA-F]{2})*$/;

/**
 * The bytes that `text` stands for.
 * @throws ExpectedFailure INVALID_INPUT at `path` where the text is not valid in the encoding.
 */
export function decodeBytes(text: string, encoding: Encoding, path?: readonly string[]): Buffer {
  switch (encoding) {
    case 'UTF8':
      if (!text.isWellFormed()) throw invalidInput('Expected well-formed Unicode, got a lone surrogate.', path);
      return Buffer.from(text, 'utf8');
    case 'BASE64':
      if (!base64.test(text)) throw invalidInput('Expected padded Base64 (RFC 4648), got other characters.', path);
      return Buffer.from(text, 'base64');
    case 'HEX':
      if (!hex.test(text)) throw invalidInput('Expected an even number of hexadecimal digits.', path);
      return Buffer.from(text, 'hex');
  }
}

/** The bytes as text, or null where they are not valid in the encoding (only UTF8 can fail). */
export function encodeBytes(bytes: Buffer, encoding: Encoding): string | null {
  switch (encoding) {
    case 'UTF8':
      return isUtf8(bytes) ? bytes.toString('utf8') : null;
    case 'BASE64':
      return bytes.toString('base64');
    case 'HEX':
      return bytes.toString('hex');
  }
}
