import { encodeBytes } from '../encoding.js';

/** One entry of a stream. Never changed once made: many subscribers may share it. */
export interface StreamEntry {
  /** `<ms>-<seq>` */
  readonly id: string;
  /** In the order written; a name may repeat. */
  readonly fields: readonly StreamField[];
}

export interface StreamField {
  readonly name: Buffer;
  readonly value: Buffer;
}

/**
 * The fields as one object, of a repeated name the last value; null where a name or value is not UTF-8 or a name is
 * `__proto__`, which no JSON object of this API holds.
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
