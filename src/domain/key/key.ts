/** What a key holds, as the API speaks of it. */
export type KeyType = 'STRING' | 'HASH' | 'LIST' | 'SET' | 'SORTED_SET' | 'STREAM' | 'JSON' | 'OTHER';

const typeNames: ReadonlyMap<string, KeyType> = new Map([
  ['string', 'STRING'],
  ['hash', 'HASH'],
  ['list', 'LIST'],
  ['set', 'SET'],
  ['zset', 'SORTED_SET'],
  ['stream', 'STREAM'],
  ['ReJSON-RL', 'JSON'],
]);

/** What the TYPE command calls it; modules add names of their own. */
export function keyTypeOf(typeName: string): KeyType {
  return typeNames.get(typeName) ?? 'OTHER';
}

/** The name of a type as Valkey writes it; undefined for OTHER, which is many. */
export function typeNameOf(type: KeyType): string | undefined {
  for (const [name, known] of typeNames) if (known === type) return name;
  return undefined;
}
