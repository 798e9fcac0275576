import { encodeBytes } from './bytes.js';
import type { ChannelMessage } from './delivery.js';
import { parseJson } from './json.js';

const parsed = new WeakMap<ChannelMessage, { readonly json: unknown }>();

/** A message's payload parsed, once however many ask; null where it is not JSON. */
export function jsonOf(message: ChannelMessage): unknown {
  const known = parsed.get(message);
  if (known) return known.json;
  const text = encodeBytes(message.payload, 'UTF8');
  const json = text === null ? null : parseJson(text);
  parsed.set(message, { json });
  return json;
}
