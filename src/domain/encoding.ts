import { isUtf8 } from 'node:buffer';
import { invalidInput } from './errors.js';

/** The encoding of bytes as text. Names and values in Valkey are bytes; GraphQL strings are text. */
export type Encoding = 'UTF8' | 'BASE64' | 'HEX';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const hex = /^(?:[0-9a-fA-F]{2})*$/;

/**
 * Decodes `text`.
 * @throws ExpectedFailure INVALID_INPUT at `path` if the text is not valid in the encoding.
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

/** Encodes bytes as text. Returns null if they are not valid in the encoding, which is possible with UTF8 only. */
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
