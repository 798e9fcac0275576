import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import calculateSlot from 'cluster-key-slot';
import type { RestoredFile } from '../interfaces.js';
import type { TemporaryNode, TemporaryNodes } from './temporary-nodes.js';

interface Distribution {
  readonly shards: readonly { readonly id: string; readonly slots: string; readonly directory: string }[];
  readonly files: readonly RestoredFile[];
  readonly settings: Readonly<Record<string, string>>;
  /** A folder for temporary files, which does not exist yet. */
  readonly scratch: string;
  readonly temporary: TemporaryNodes;
  readonly signal: AbortSignal;
}

/** The number of keys that move together. */
const batchSize = 500;

/**
 * Writes the keys of RDB files into the append-only files of the shards that own their slots, with their exact times of
 * expiry. Functions go to every shard.
 * @throws Error if a file has keys in another database than 0
 */
export async function distributeKeys(distribution: Distribution): Promise<void> {
  const { shards, files, settings, temporary, signal } = distribution;
  const unlimited = Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('maxmemory')));
  const owners = slotOwners(shards.map(({ slots }) => slots));
  const targets: TemporaryNode[] = [];
  try {
    for (const { id, directory } of shards) {
      targets.push(await temporary.start(`shard ${id}`, directory, unlimited, signal));
    }
    for (const file of files) await distributeFile(file, targets, owners, distribution);
  } catch (cause) {
    await Promise.allSettled(targets.map((target) => target.stop()));
    throw cause;
  }
  await Promise.all(targets.map((target) => target.stop()));
}

async function distributeFile(
  { path }: RestoredFile,
  targets: readonly TemporaryNode[],
  owners: Uint16Array,
  { scratch, temporary, signal }: Distribution,
): Promise<void> {
  await mkdir(scratch, { mode: 0o700 });
  try {
    await symlink(path, join(scratch, 'dump.rdb'));
    const source = await temporary.start('of the snapshot', scratch, { appendonly: 'no' }, signal);
    try {
      await requireOneDatabase(source);
      const functions = await source.command('FUNCTION', 'DUMP');
      if (Buffer.isBuffer(functions)) {
        await Promise.all(targets.map((target) => target.command('FUNCTION', 'RESTORE', functions, 'REPLACE')));
      }
      await moveKeys(source, targets, owners, signal);
    } finally {
      await source.stop();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function moveKeys(
  source: TemporaryNode,
  targets: readonly TemporaryNode[],
  owners: Uint16Array,
  signal: AbortSignal,
): Promise<void> {
  let cursor = '0';
  do {
    signal.throwIfAborted();
    const reply = await source.command('SCAN', cursor, 'COUNT', String(batchSize));
    const [next, keys] = Array.isArray(reply) ? (reply as readonly unknown[]) : [];
    cursor = String(next);
    const names = Array.isArray(keys) ? keys.filter((key) => Buffer.isBuffer(key)) : [];
    await Promise.all(
      names.map(async (key) => {
        const [value, expiry] = await Promise.all([source.command('DUMP', key), source.command('PEXPIRETIME', key)]);
        // The key has expired meanwhile.
        if (!Buffer.isBuffer(value)) return;
        const target = targets[owners[calculateSlot(key)] ?? 0];
        const until = typeof expiry === 'number' && expiry > 0 ? String(expiry) : '0';
        await target?.command('RESTORE', key, until, value, 'REPLACE', 'ABSTTL');
      }),
    );
  } while (cursor !== '0');
}

async function requireOneDatabase(source: TemporaryNode): Promise<void> {
  const [, database] = /^db([1-9]\d*):/m.exec(String(await source.command('INFO', 'keyspace'))) ?? [];
  if (database === undefined) return;
  throw new Error(
    `The snapshot has keys in database ${database}. Its keys can be shared among shards only if all are in database 0.`,
  );
}

/** The index of the shard that owns each slot. */
function slotOwners(shards: readonly string[]): Uint16Array {
  const owners = new Uint16Array(16_384);
  for (const [index, slots] of shards.entries()) {
    for (const range of slots.split(',')) {
      const [first = 0, last = first] = range.split('-').map(Number);
      owners.fill(index, first, last + 1);
    }
  }
  return owners;
}
