import { encodeBytes } from '../encoding.js';

/** One entry of a stream. Immutable, because subscribers share it. */
export interface StreamEntry {
  /** `<ms>-<seq>` */
  readonly id: string;
  /** In the order in which they were written; a name may repeat. */
  readonly fields: readonly StreamField[];
}

export interface StreamField {
  readonly name: Buffer;
  readonly value: Buffer;
}

/**
 * Converts the fields to one object; the last value of a repeated name counts. Returns null if a name or value is not
 * UTF-8, or if a name is `__proto__`, which no JSON object of this API contains.
 */
export function fieldsAsJson(fields: readonly StreamField[]): Record<string, string> | null {
  const json: Record<string, string> = {};
  for (const field of fields) {
    const name = encodeBytes(field.name, 'UTF8');
    const value = encodeBytes(field.value, 'UTF8');
    if (name === null || value === null || name === '__proto__') return null;
    json[name] = value;
  }
  return json;
}
