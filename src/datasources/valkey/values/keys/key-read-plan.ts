import type { KeyType } from '../../../../domain/key/key.js';

/** A fact about a key, which one command reads. */
export type KeyFact = 'idle' | 'value' | 'length' | 'ttl' | 'expiresAt' | 'memory' | 'encoding' | 'type';

/** Everything that is read from a key before it is decided whether the key exists. */
export interface KeyReadPlan {
  /** Read in the first round trip, in this order. */
  readonly facts: readonly KeyFact[];
  /** The type for which the facts were chosen. The replies show if the key has another type or does not exist. */
  readonly expectedType?: KeyType | undefined;
  /** Whether the value was selected. It applies if the key is a string. */
  readonly selectsValue: boolean;
  /** The types for which the length was selected. */
  readonly lengths: ReadonlySet<KeyType>;
}

/** The idle time is read first, because reading a value resets it. */
const order: readonly KeyFact[] = ['idle', 'value', 'length', 'ttl', 'expiresAt', 'memory', 'encoding', 'type'];

/** Types whose length shows whether the key exists. Only a stream may be empty, so a length of 0 requires TYPE. */
export const countable: ReadonlySet<KeyType> = new Set<KeyType>(['HASH', 'LIST', 'SET', 'SORTED_SET', 'STREAM']);

/**
 * Plans the fewest commands for the selected facts. TYPE would require a separate round trip before the value can be read. If the
 * selected fields belong to one type only, the reply to that type's command shows whether the key has the expected type.
 */
export function planKeyRead(
  selected: ReadonlySet<KeyFact>,
  expectedType?: KeyType,
  lengths: ReadonlySet<KeyType> = new Set(),
): KeyReadPlan {
  const facts = new Set(selected);
  const replyShowsType =
    expectedType === 'STRING'
      ? facts.has('value')
      : expectedType !== undefined && countable.has(expectedType) && facts.has('length');
  if (replyShowsType) facts.delete('type');
  else facts.add('type');
  // Without an expected type, the commands of these facts are unknown until the type is known.
  if (expectedType === undefined) for (const fact of ['value', 'length'] as const) facts.delete(fact);
  return { facts: order.filter((fact) => facts.has(fact)), expectedType, selectsValue: selected.has('value'), lengths };
}

/** The facts of a key of this type that the first round trip reads only if the type was the expected one. */
export function laterFacts({ selectsValue, lengths }: KeyReadPlan, type: KeyType): readonly ('value' | 'length')[] {
  return [
    ...(selectsValue && type === 'STRING' ? (['value'] as const) : []),
    ...(lengths.has(type) ? (['length'] as const) : []),
  ];
}
