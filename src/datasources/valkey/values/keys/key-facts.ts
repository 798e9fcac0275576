import type { KeyType } from '../../../../domain/key/key.js';
import type { KeyFact } from './key-read-plan.js';
import type { Argument, Command, Reply } from '../../interfaces.js';

const lengthCommands: Readonly<Record<KeyType, string | undefined>> = {
  STRING: 'STRLEN',
  HASH: 'HLEN',
  LIST: 'LLEN',
  SET: 'SCARD',
  SORTED_SET: 'ZCARD',
  STREAM: 'XLEN',
  JSON: undefined,
  OTHER: undefined,
};

/**
 * The command that reads one fact of a key, which may depend on its type. `argument` is the name as the commands contain it: several
 * commands of one key convert it once.
 */
export function commandFor(fact: KeyFact, name: Buffer, type: KeyType | undefined, argument: Argument = name): Command {
  switch (fact) {
    case 'idle':
      return { args: ['OBJECT', 'IDLETIME', argument], key: name };
    case 'encoding':
      return { args: ['OBJECT', 'ENCODING', argument], key: name };
    case 'memory':
      return { args: ['MEMORY', 'USAGE', argument], key: name };
    case 'ttl':
      return { args: ['PTTL', argument], key: name };
    case 'expiresAt':
      return { args: ['PEXPIRETIME', argument], key: name };
    case 'value':
      return { args: ['GET', argument], key: name };
    case 'length':
      return { args: [(type && lengthCommands[type]) ?? 'STRLEN', argument], key: name };
    case 'type':
      return { args: ['TYPE', argument], key: name };
  }
}

/** Types whose keys are never empty: Valkey deletes a key with its last element. */
const neverEmpty: ReadonlySet<KeyType | undefined> = new Set<KeyType>(['HASH', 'LIST', 'SET', 'SORTED_SET']);

/** Whether the reply to a fact's command shows that the key does not exist. `type` is the type for which the command was chosen. */
export function indicatesAbsent(fact: KeyFact, reply: Reply | Error | undefined, type: KeyType | undefined): boolean {
  switch (fact) {
    case 'ttl':
    case 'expiresAt':
      return reply === '-2';
    case 'length':
      return reply === '0' && neverEmpty.has(type);
    case 'type':
      return Buffer.isBuffer(reply) && reply.equals(none);
    case 'value':
    case 'idle':
    case 'encoding':
    case 'memory':
      return reply === null;
  }
}

const none = Buffer.from('none');
