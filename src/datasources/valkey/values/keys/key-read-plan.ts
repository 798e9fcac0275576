import type { KeyType } from '../../../../domain/key/key.js';

/** One thing to be known of a key, each by one command. */
export type KeyFact = 'idle' | 'value' | 'length' | 'ttl' | 'expiresAt' | 'memory' | 'encoding' | 'type';

/** All that is read of a key before it is decided whether it exists. */
export interface KeyReadPlan {
  /** Read in the first round trip, in this order. */
  readonly facts: readonly KeyFact[];
  /** The type for which the facts were chosen; another type, or its absence, shows in the replies. */
  readonly expectedType?: KeyType | undefined;
  /** Whether the value is wanted of a key that turns out to be a string. */
  readonly wantsValue: boolean;
  /** The types of which the length is wanted, if a key turns out to be of one of them. */
  readonly lengths: ReadonlySet<KeyType>;
}

/** Reading a value resets the idle time, so that is asked first. */
const order: readonly KeyFact[] = ['idle', 'value', 'length', 'ttl', 'expiresAt', 'memory', 'encoding', 'type'];

/** Types whose length tells whether the key is there; of these a stream alone may be empty, and TYPE must be asked then. */
const countable: ReadonlySet<KeyType> = new Set<KeyType>(['HASH', 'LIST', 'SET', 'SORTED_SET', 'STREAM']);

/**
 * The fewest commands for what was selected. TYPE would take a round trip of its own before the value can be asked; if
 * only one type's fields are selected, the reply to its command tells whether the guess was right.
 */
export function planKeyRead(
  selected: ReadonlySet<KeyFact>,
  expectedType?: KeyType,
  lengths: ReadonlySet<KeyType> = new Set(),
): KeyReadPlan {
  const facts = new Set(selected);
  const tells =
    expectedType === 'STRING'
      ? facts.has('value')
      : expectedType !== undefined && countable.has(expectedType) && facts.has('length');
  if (tells) facts.delete('type');
  else facts.add('type');
  // Without a guess the commands of these are not known before the type is.
  if (expectedType === undefined) for (const fact of ['value', 'length'] as const) facts.delete(fact);
  return { facts: order.filter((fact) => facts.has(fact)), expectedType, wantsValue: selected.has('value'), lengths };
}

/** The plan's facts of a key of this type that its first round trip reads only if the guess was right. */
export function laterFacts({ wantsValue, lengths }: KeyReadPlan, type: KeyType): readonly ('value' | 'length')[] {
  return [
    ...(wantsValue && type === 'STRING' ? (['value'] as const) : []),
    ...(lengths.has(type) ? (['length'] as const) : []),
  ];
}
