import { encodeBytes } from '../encoding.js';
import type { ChannelMessage } from './delivery.js';
import { mayHoldInexactNumber, quoteNumbers } from '../../runtime/exact-number.js';
import { parseJson } from '../../runtime/json.js';

interface Parsed {
  readonly json: unknown;
  /** Undefined until it is asked for. */
  written?: { readonly json: unknown } | 'as read';
}

const parsed = new WeakMap<ChannelMessage, Parsed>();

/** A message's payload parsed, once however many ask; null if it is not JSON. */
export function jsonOf(message: ChannelMessage): unknown {
  return parsedOf(message).json;
}

/** The payload with each number as a text that says how it is written; `as read` if reading has changed none of them. */
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
