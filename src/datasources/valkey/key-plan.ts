import type { KeyType } from '../../domain/key.js';

/** One thing to be known of a key, each by one command. */
export type KeyFact = 'idle' | 'value' | 'length' | 'ttl' | 'expiresAt' | 'memory' | 'encoding' | 'type';

/** What is read of a key in its first round trip, in this order. */
export interface KeyPlan {
  readonly facts: readonly KeyFact[];
  /** The type for which the facts were chosen; another type, or its absence, shows in the replies. */
  readonly guess?: KeyType | undefined;
}

/** Reading a value resets the idle time, so that is asked first. */
const order: readonly KeyFact[] = ['idle', 'value', 'length', 'ttl', 'expiresAt', 'memory', 'encoding', 'type'];

/** Types whose length tells whether the key is there; of these a stream alone may be empty, and TYPE must be asked then. */
const countable: ReadonlySet<KeyType> = new Set<KeyType>(['HASH', 'LIST', 'SET', 'SORTED_SET', 'STREAM']);

/**
 * The fewest commands for what was selected. TYPE would take a round trip of its own before the value can be asked; where
 * only one type's fields are selected, its command tells by its reply whether the guess was right.
 */
export function planKey(selected: ReadonlySet<KeyFact>, guess?: KeyType): KeyPlan {
  const facts = new Set(selected);
  const tells =
    guess === 'STRING' ? facts.has('value') : guess !== undefined && countable.has(guess) && facts.has('length');
  if (tells) facts.delete('type');
  else facts.add('type');
  // Without a guess the commands of these are not known before the type is.
  if (guess === undefined) for (const fact of ['value', 'length'] as const) facts.delete(fact);
  return { facts: order.filter((fact) => facts.has(fact)), guess };
}

export const existencePlan: KeyPlan = planKey(new Set());
