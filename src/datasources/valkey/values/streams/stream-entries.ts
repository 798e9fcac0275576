import type { StreamEntry, StreamField } from '../../../../domain/realtime/stream-entry.js';
import type { Reply } from '../../interfaces.js';

/**
 * The entries of an XRANGE, XREVRANGE or XCLAIM reply, or of one stream in an XREAD or XREADGROUP reply. Skips entries that were deleted
 * since their delivery (null, or an ID without fields).
 */
export function streamEntries(reply: Reply): StreamEntry[] {
  return listOf(reply).flatMap((item) => {
    const entry = streamEntry(item);
    return entry ? [entry] : [];
  });
}

function streamEntry(item: Reply): StreamEntry | undefined {
  if (!Array.isArray(item)) return undefined;
  const [id, flat] = item;
  if (!Buffer.isBuffer(id) || !Array.isArray(flat)) return undefined;
  return { id: id.toString('latin1'), fields: fieldsOf(flat) };
}

function fieldsOf(flat: readonly Reply[]): StreamField[] {
  const fields: StreamField[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at];
    const value = flat[at + 1];
    if (Buffer.isBuffer(name) && Buffer.isBuffer(value)) fields.push({ name, value });
  }
  return fields;
}

function listOf(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? reply : [];
}
