import type { KeyType } from '../../domain/key/key.js';

const typenames: Readonly<Record<KeyType, string>> = {
  STRING: 'StringKey',
  HASH: 'HashKey',
  LIST: 'ListKey',
  SET: 'SetKey',
  SORTED_SET: 'SortedSetKey',
  STREAM: 'StreamKey',
  JSON: 'JsonKey',
  OTHER: 'OtherKey',
};

/** The object type of keys of a type. */
export function typenameOf(type: KeyType): string {
  return typenames[type];
}

const types: ReadonlyMap<string, KeyType> = new Map(
  (Object.entries(typenames) as [KeyType, string][]).map(([type, typename]) => [typename, type]),
);

/** Undefined if the name is not an object type of keys. */
export function keyTypeOfTypename(typename: string): KeyType | undefined {
  return types.get(typename);
}
