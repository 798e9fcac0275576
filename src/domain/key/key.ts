/** The type of a key, in the terms of the API. */
export const keyTypes = ['STRING', 'HASH', 'LIST', 'SET', 'SORTED_SET', 'STREAM', 'JSON', 'OTHER'] as const;
export type KeyType = (typeof keyTypes)[number];

const typeNames: ReadonlyMap<string, KeyType> = new Map([
  ['string', 'STRING'],
  ['hash', 'HASH'],
  ['list', 'LIST'],
  ['set', 'SET'],
  ['zset', 'SORTED_SET'],
  ['stream', 'STREAM'],
  ['ReJSON-RL', 'JSON'],
]);

/** Converts from the reply of TYPE. Modules add types of their own. */
export function keyTypeOf(typeName: string): KeyType {
  return typeNames.get(typeName) ?? 'OTHER';
}

/** Returns Valkey's name of a type; undefined for OTHER, which represents many types. */
export function typeNameOf(type: KeyType): string | undefined {
  for (const [name, known] of typeNames) if (known === type) return name;
  return undefined;
}
