import type { Migration } from './migration.js';
import type { BytesReply, MigrationCommand, MigrationConnection } from './migration-connection.js';
import type { RunningShard } from './scalable-group.js';
import type { SlotMove } from './slot-moves.js';

/** Keys in one MIGRATE at first, and at most. It blocks both nodes, so large keys are sent in smaller portions. */
const portions = { first: 100, most: 1_000 };
/** A portion that took longer is followed by a smaller one. */
const slowMs = 100;
/** Valkey's limit of silence during one MIGRATE. */
const migrateTimeoutMs = '60000';

/**
 * Moves the slots of one pair of shards by SETSLOT and MIGRATE. Clients follow ASK while a slot is open. It may be
 * repeated after any failure: each step can be done again.
 */
export async function moveByKeys(migration: Migration, { from, to, slots }: SlotMove): Promise<void> {
  const { group, connectionTo, runAll, signal } = migration;
  const [source, target] = await Promise.all([connectionTo(from), connectionTo(to)]);
  const [sourceId, targetId] = await Promise.all([idOf(source), idOf(target)]);
  const setSlots = (...words: readonly string[]): MigrationCommand[] =>
    slots.map((slot) => ['CLUSTER', 'SETSLOT', String(slot), ...words]);

  await group.onStep?.('open-slots');
  // In this order: as soon as the source redirects, the target must accept.
  await runAll(to, setSlots('IMPORTING', sourceId));
  await runAll(from, setSlots('MIGRATING', targetId));
  await group.onStep?.('move-keys');
  await sendKeys(migration, source, to, slots);
  await group.onStep?.('assign-slots');
  signal.throwIfAborted();
  const sender = from.shard.primary();
  await group.changeOwners(async () => {
    // Otherwise its replica has taken over, and claims the slots.
    if (!sender.isRunning() || from.shard.primary() !== sender) throw new Error(`${sender.id} is no primary now.`);
    // In this order: a source that gave up a slot first would redirect to a target that redirects back.
    await runAll(to, setSlots('NODE', targetId));
  });
  // The other shards learn it from the new owner, which informs all nodes at once.
  await runAll(from, setSlots('NODE', targetId));
}

async function sendKeys(
  { signal, group }: Migration,
  source: MigrationConnection,
  { shard }: RunningShard,
  slots: readonly number[],
): Promise<void> {
  const { username, password } = group.factory.administrator;
  const { host, port } = shard.primary();
  const migrate = (keys: readonly Buffer[]): MigrationCommand => [
    // The source has the current value: a copy at the target is that of an interrupted MIGRATE.
    ...['MIGRATE', host, String(port), '', '0', migrateTimeoutMs, 'REPLACE'],
    ...['AUTH2', username, password, 'KEYS', ...keys],
  ];
  let portion = portions.first;
  for (let open = slots; open.length > 0;) {
    signal.throwIfAborted();
    const lists = await source.run(open.map((slot) => ['CLUSTER', 'GETKEYSINSLOT', String(slot), String(portion)]));
    const found = open.flatMap((slot, index) => {
      const keys = keysOf(lists[index]);
      return keys.length > 0 ? [{ slot, keys }] : [];
    });
    const startedAt = performance.now();
    // Large keys one slot at a time, so that clients are served in between.
    const rounds = portion < portions.first ? found.map((one) => [one]) : found.length > 0 ? [found] : [];
    for (const round of rounds) {
      const replies = await source.replies(round.map(({ keys }) => migrate(keys)));
      const failure = replies.find((reply) => reply instanceof Error);
      if (failure) throw withoutPassword(failure, password);
    }
    const tookMs = (performance.now() - startedAt) / Math.max(1, found.length);
    if (tookMs > slowMs) portion = Math.max(1, Math.floor(portion / 10));
    else if (tookMs < slowMs / 10) portion = Math.min(portions.most, portion * 2);
    open = found.map(({ slot }) => slot);
  }
}

async function idOf(connection: MigrationConnection): Promise<string> {
  const [id] = await connection.run([['CLUSTER', 'MYID']]);
  return String(id);
}

function keysOf(reply: BytesReply | undefined): Buffer[] {
  return Array.isArray(reply) ? (reply as readonly BytesReply[]).filter((key) => Buffer.isBuffer(key)) : [];
}

function withoutPassword(error: Error, password: string): Error {
  return error.message.includes(password) ? new Error(error.message.replaceAll(password, '…')) : error;
}
