import { ExpectedFailure } from '../../../../domain/errors.js';
import type { Expiry } from '../../../../domain/key/expiry.js';
import type { Increment } from '../../../../domain/key/increment.js';
import { deleteEach } from '../delete-each.js';
import { expectedFailure, sendCommand } from '../expected-failure.js';
import { expiryCommand } from '../expiry-command.js';
import { sendWrite } from '../write-command.js';
import { readFieldExpiries, type ExpiryFact, type FieldExpiry } from './field-expiry.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { bytesOrNull, numberOf, pairsOf, textOf } from '../../replies.js';

export interface HashField {
  readonly name: Buffer;
  readonly value: Buffer;
  /** The requested change of its expiry. */
  readonly expiry?: FieldExpiry;
}

type Hash = Pick<KeySnapshot, 'commands' | 'name'>;

/** Null if the hash has no such field. */
export async function readField(
  { commands, name: key }: Hash,
  name: Buffer,
  facts: readonly ExpiryFact[],
): Promise<HashField | null> {
  const [reply, [expiry]] = await Promise.all([
    sendCommand(commands, { args: ['HGET', key, name], key }),
    readFieldExpiries({ commands, name: key }, [name], facts),
  ]);
  const value = bytesOrNull(reply);
  return value && expiry ? { name, value, expiry } : null;
}

/** The same fields with the facts about their expiry, without those that no longer exist. */
export async function withExpiries<Field extends HashField>(
  hash: Hash,
  fields: readonly Field[],
  facts: readonly ExpiryFact[],
): Promise<readonly Field[]> {
  if (facts.length === 0) return fields;
  const names = fields.map(({ name }) => name);
  const expiries = await readFieldExpiries(hash, names, facts);
  return fields.flatMap((field, at) => {
    const expiry = expiries[at];
    return expiry ? [{ ...field, expiry }] : [];
  });
}

export async function readAllFields({ commands, name: key }: Hash): Promise<HashField[]> {
  const pairs = pairsOf(await sendCommand(commands, { args: ['HGETALL', key], key }));
  return pairs.map(([name, value]) => ({ name, value }));
}

export interface HashWrite {
  readonly key: Buffer;
  readonly fields: readonly HashField[];
  /** The expiry of the whole hash; undefined leaves the current one. */
  readonly expiry: Expiry | undefined;
}

/** Resolves to the number of new fields. */
export async function writeFields(commands: ValkeyCommands, hashWrite: HashWrite): Promise<number> {
  const { key, expiry } = hashWrite;
  const write = hashSet(hashWrite);
  const expire = expiry && expiryCommand(key, expiry);
  if (!expire) return numberOf(await sendCommand(commands, { args: write, key }, ['input', 'key']));
  // In the transaction, a key of another type would refuse the write but still receive the expiry.
  const type = textOf(await sendCommand(commands, { args: ['TYPE', key], key }, ['input', 'key']));
  if (type !== 'none' && type !== 'hash') {
    const message = `Expected a hash or no key, got a key of type ${type}.`;
    throw new ExpectedFailure('WRONG_TYPE', message, { path: ['input', 'key'], upstreamCode: 'WRONGTYPE' });
  }
  try {
    const [added] = await commands.transaction(key, [write, expire]);
    return numberOf(added);
  } catch (error) {
    throw expectedFailure(error, ['input', 'key']);
  }
}

/** Sets the expiry only if the key is a hash. A denied command does not undo what the script did before, so it asks first. */
const setFieldsAndExpiry = `
local at = tonumber(ARGV[1]) + 1
if not redis.acl_check_cmd(ARGV[2], KEYS[1], unpack(ARGV, 3, at)) then
  return redis.error_reply('NOPERM The user has no permissions to run the ' .. ARGV[2] .. ' command')
end
local added = redis.call('HSET', KEYS[1], unpack(ARGV, at + 1))
redis.call(ARGV[2], KEYS[1], unpack(ARGV, 3, at))
return added
`;

/** The write as one command, which replies the number of new fields. */
export function hashWriteCommand(hashWrite: HashWrite): Command['args'] {
  const { key, expiry } = hashWrite;
  const [, , ...fields] = hashSet(hashWrite);
  const expire = expiry && expiryCommand(key, expiry);
  if (!expire) return hashSet(hashWrite);
  const [name, , ...expiryArgs] = expire;
  const ending = [String(expiryArgs.length + 1), name, ...expiryArgs];
  return ['EVAL', setFieldsAndExpiry, '1', key, ...ending, ...fields];
}

function hashSet({ key, fields }: HashWrite): Command['args'] {
  return ['HSET', key, ...fields.flatMap(({ name, value }) => [name, value])];
}

export function deleteFieldsCommand(key: Buffer, names: readonly Buffer[]): Command['args'] {
  return ['HDEL', key, ...names];
}

/** Resolves to the number of fields that existed. */
export async function deleteFields(commands: ValkeyCommands, key: Buffer, names: readonly Buffer[]): Promise<number> {
  return numberOf(await sendCommand(commands, { args: deleteFieldsCommand(key, names), key }, ['input', 'key']));
}

/** Resolves to the value afterwards, as Valkey writes it. */
export async function incrementField(
  commands: ValkeyCommands,
  key: Buffer,
  name: Buffer,
  by: Increment,
): Promise<string> {
  const command = by.isInteger ? 'HINCRBY' : 'HINCRBYFLOAT';
  const args = [command, key, name, by.text] as const;
  return textOf(await sendWrite(commands, { args, key }, { invalid: 'by', holder: 'field' }));
}

/** Deletes each field by a command of its own. Resolves to the names of those that existed. */
export async function deleteFieldsOneByOne(
  commands: ValkeyCommands,
  key: Buffer,
  names: readonly Buffer[],
): Promise<readonly Buffer[]> {
  const deletions = names.map((name) => ({ args: deleteFieldsCommand(key, [name]), key }));
  const existed = await deleteEach(commands, deletions, { noun: 'fields', path: ['input', 'key'] });
  return names.filter((_, index) => existed[index]);
}
