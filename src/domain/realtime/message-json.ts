import { encodeBytes } from '../encoding.js';
import type { ChannelMessage } from './delivery.js';
import { mayHoldInexactNumber, quoteNumbers } from '../../runtime/exact-number.js';
import { parseJson } from '../../runtime/json.js';

interface Parsed {
  readonly json: unknown;
  /** Computed on first use. */
  written?: { readonly json: unknown } | 'as read';
}

const parsed = new WeakMap<ChannelMessage, Parsed>();

/** Parses a message's payload, once for all subscribers; null if it is not JSON. */
export function jsonOf(message: ChannelMessage): unknown {
  return parsedOf(message).json;
}

/** Returns the payload with each number as a string of its digits as written; `as read` if parsing has changed no number. */
export function writtenJsonOf(message: ChannelMessage): { readonly json: unknown } | 'as read' {
  const known = parsedOf(message);
  return (known.written ??= readWritten(message));
}

function parsedOf(message: ChannelMessage): Parsed {
  const known = parsed.get(message);
  if (known) return known;
  const text = encodeBytes(message.payload, 'UTF8');
  const read: Parsed = { json: text === null ? null : parseJson(text) };
  parsed.set(message, read);
  return read;
}

function readWritten({ payload }: ChannelMessage): { readonly json: unknown } | 'as read' {
  const text = encodeBytes(payload, 'UTF8');
  return text === null || !mayHoldInexactNumber(text) ? 'as read' : { json: parseJson(quoteNumbers(text)) };
}
