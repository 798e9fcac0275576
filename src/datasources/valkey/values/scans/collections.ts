import type { ScoredMember } from '../../../../domain/key/sorted-set.js';
import { CommandError } from '../../command-error.js';
import type { Reply } from '../../interfaces.js';
import { bytesOf, bytesOrNull, listOf, pairsOf, scoreOf } from '../../replies.js';
import { sendCommand } from '../expected-failure.js';
import type { HashField } from '../hash/hash.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';

export type Collection = Pick<KeySnapshot, 'commands' | 'name'>;

/** How the elements of one type of collection are scanned. */
export interface CollectionType<Element> {
  readonly command: 'HSCAN' | 'SSCAN' | 'ZSCAN';
  /** The elements of a reply. */
  elementsOf(this: void, items: readonly Reply[]): Element[];
  /** The bytes that distinguish the element from the others, and that a pattern matches. */
  nameOf(this: void, element: Element): Buffer;
  /** A scan of names alone, for elements whose values may be large. */
  readonly namesOnly?: NamesOnly<Element>;
}

interface NamesOnly<Element> {
  readonly option: string;
  /** Whether the error reply means that the server does not have the option. */
  isUnknown(this: void, error: unknown): boolean;
  /** Skips elements that were deleted meanwhile. */
  read(this: void, collection: Collection, names: readonly Buffer[]): Promise<Element[]>;
}

export interface SetMember {
  readonly value: Buffer;
}

export const hashCollection: CollectionType<HashField> = {
  command: 'HSCAN',
  elementsOf: (items) => pairsOf([...items]).map(([name, value]) => ({ name, value })),
  nameOf: ({ name }) => name,
  namesOnly: {
    option: 'NOVALUES',
    // Valkey before 8.0.
    isUnknown: (error) =>
      error instanceof Error && error.cause instanceof CommandError && /^ERR syntax error/i.test(error.cause.message),
    async read({ commands, name: key }, names) {
      if (names.length === 0) return [];
      const values = listOf(await sendCommand(commands, { args: ['HMGET', key, ...names], key }));
      return names.flatMap((name, at) => {
        const value = bytesOrNull(values[at]);
        return value ? [{ name, value }] : [];
      });
    },
  },
};

export const setCollection: CollectionType<SetMember> = {
  command: 'SSCAN',
  elementsOf: (items) => items.map((item) => ({ value: bytesOf(item) })),
  nameOf: ({ value }) => value,
};

export const sortedSetCollection: CollectionType<ScoredMember> = {
  command: 'ZSCAN',
  elementsOf: (items) => pairsOf([...items]).map(([value, score]) => ({ value, score: scoreOf(score) })),
  nameOf: ({ value }) => value,
};
