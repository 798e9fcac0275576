import calculateSlot from 'cluster-key-slot';
import type { ChangingExpiry } from '../../../../domain/key/expiry.js';
import { keyTypeOf, type KeyType } from '../../../../domain/key/key.js';
import { CommandError } from '../../command-error.js';
import { deleteEach, partialFailure, type Deletion } from '../delete-each.js';
import { sendCommand, expectedFailure } from '../expected-failure.js';
import { expiryCommand } from '../expiry-command.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { numberOf, textOf } from '../../replies.js';

/** Resolves to whether the key exists and has the requested expiry now. */
export async function setExpiry(commands: ValkeyCommands, key: Buffer, expiry: ChangingExpiry): Promise<boolean> {
  const path = ['input', 'key'];
  const args = expiryCommand(key, expiry);
  const [changed, exists] = await Promise.all([
    sendCommand(commands, { args, key }, path),
    // PERSIST replies 0 for a key without an expiry.
    expiry.kind === 'never' ? sendCommand(commands, { args: ['EXISTS', key], key }, path) : null,
  ]);
  return numberOf(exists ?? changed) === 1;
}

/** Resolves to the number of keys that existed. Uses one command per hash slot in cluster mode, and one pipeline per shard. */
export async function deleteKeys(commands: ValkeyCommands, keys: readonly Buffer[]): Promise<number> {
  const bySlot = new Map<number, Buffer[]>();
  for (const key of keys) {
    const slot = commands.isClustered ? calculateSlot(key) : 0;
    const batch = bySlot.get(slot) ?? [];
    batch.push(key);
    bySlot.set(slot, batch);
  }
  const unlink = async (batch: readonly Buffer[]): Promise<number> =>
    numberOf(await commands.send({ args: unlinkCommand(batch), key: batch[0] }));
  const remove = (batch: readonly Buffer[]): Promise<number> =>
    unlink(batch).catch(async (refusal: unknown) => {
      if (!(refusal instanceof CommandError) || refusal.prefix !== 'TRYAGAIN') throw refusal;
      // Their slot has been moving for longer than a reply may take. Each key is on one node or on the other.
      const counts = await Promise.all(batch.map((key) => unlink([key])));
      return counts.reduce((sum, count) => sum + count, 0);
    });
  const results = await Promise.allSettled([...bySlot.values()].map(remove));
  const deleted = results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw partialFailure(failed.reason, deleted, deletionOfKeys);
  return deleted;
}

/** Replies the number of keys that existed. */
export function unlinkCommand(keys: readonly Buffer[]): Command['args'] {
  return ['UNLINK', ...keys];
}

const deletionOfKeys: Deletion = { noun: 'keys', path: ['input', 'keys'] };

export interface DeletedKey {
  readonly name: Buffer;
  readonly type: KeyType;
}

/**
 * Deletes each key by a command of its own. Resolves to the keys that existed, with their types, or with the reason why the types are
 * unknown. TYPE and UNLINK of a key leave together; a key that another client creates between the two is not reported.
 */
export async function deleteTypedKeys(
  commands: ValkeyCommands,
  keys: readonly Buffer[],
): Promise<{ readonly deleted: number; readonly keys: readonly DeletedKey[] | Error }> {
  const types = keys.map((key) => commands.send({ args: ['TYPE', key], key }).then(textOf));
  const [known, existed] = await Promise.all([
    Promise.all(types).catch((cause: unknown) => expectedFailure(cause)),
    deleteEach(
      commands,
      keys.map((key) => ({ args: unlinkCommand([key]), key })),
      deletionOfKeys,
    ),
  ]);
  const deleted = existed.filter(Boolean).length;
  if (known instanceof Error) return { deleted, keys: known };
  const typed = keys.flatMap((name, index) => {
    const type = known[index];
    return existed[index] === true && type !== undefined && type !== 'none' ? [{ name, type: keyTypeOf(type) }] : [];
  });
  return { deleted, keys: typed };
}

/** The total number of keys on all primaries. */
export async function countKeys(commands: ValkeyCommands): Promise<number> {
  const counts = await Promise.all(
    commands.primaries().map(async (node) => {
      try {
        return numberOf(await node.send(['DBSIZE']));
      } catch (error) {
        throw expectedFailure(error);
      }
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
