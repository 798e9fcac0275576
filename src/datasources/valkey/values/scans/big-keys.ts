import { keyTypeOf } from '../../../../domain/key/key.js';
import { CommandError } from '../../command-error.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { numberOrNull, textOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import { commandFor } from '../keys/key-facts.js';
import { addScanned, listKeys, noneScanned, type ListingPosition, type ScannedKeys } from './key-listing.js';
import { complement } from './slot-ranges.js';

interface SizedKey {
  readonly name: Buffer;
  /** Null if Valkey does not report it. */
  readonly memoryBytes: number | null;
  /** Bytes of a string, elements of other types; null if unknown. */
  readonly length: number | null;
}

interface SizedKeys {
  /** The biggest first. */
  readonly keys: readonly SizedKey[];
  readonly counts: ScannedKeys;
  /** Whether all keys were scanned. */
  readonly isComplete: boolean;
}

export interface SizeRequest {
  readonly first: number;
  /** About how many keys are scanned, of all shards together. */
  readonly maxScanned: number;
  readonly isListed: (name: Buffer) => boolean;
  /** Aborts when nobody waits for the keys any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Keys that are measured at once. */
const batchSize = 250;

/**
 * The biggest keys of a sample, which has about as many keys of each shard.
 * @throws ExpectedFailure if Valkey refuses the scan; Outage, TIMEOUT if the signal aborts
 */
export async function biggestKeys(
  commands: ValkeyCommands,
  { maxScanned, ...request }: SizeRequest,
): Promise<SizedKeys> {
  const shards = commands.primaries();
  const each = Math.max(1, Math.ceil(maxScanned / Math.max(1, shards.length)));
  const samples = await Promise.all(
    shards.map(({ slots }) => sampleShard(commands, { done: complement(slots) }, { ...request, maxScanned: each })),
  );
  return {
    keys: biggest(
      samples.flatMap(({ keys }) => keys),
      request.first,
    ),
    counts: samples.map(({ counts }) => counts).reduce(addScanned, noneScanned),
    isComplete: samples.every(({ isComplete }) => isComplete),
  };
}

async function sampleShard(
  commands: ValkeyCommands,
  from: ListingPosition,
  { first, maxScanned, ...request }: SizeRequest,
): Promise<SizedKeys> {
  let keys: readonly SizedKey[] = [];
  let position = from;
  let counts = noneScanned;
  for (;;) {
    const page = await listKeys(commands, position, {
      ...request,
      first: batchSize,
      maxScanned: maxScanned - counts.scanned,
    });
    counts = addScanned(counts, page.counts);
    const measured = await Promise.all(page.names.map(({ name }) => measure(commands, name)));
    keys = biggest([...keys, ...measured.flatMap((key) => key ?? [])], first);
    if (!page.next || page.names.length < batchSize || counts.scanned >= maxScanned)
      return { keys, counts, isComplete: !page.next };
    position = page.next;
  }
}

/** Null if the key no longer exists, or if the user may not even read its type. A fact that Valkey refuses is null. */
async function measure(commands: ValkeyCommands, name: Buffer): Promise<SizedKey | null> {
  const [type, memory] = await Promise.all([
    ask(commands, commandFor('type', name, undefined)),
    ask(commands, commandFor('memory', name, undefined)),
  ]);
  const typeName = type === null ? 'none' : textOf(type);
  if (typeName === 'none') return null;
  const known = keyTypeOf(typeName);
  const length = known === 'JSON' || known === 'OTHER' ? null : await ask(commands, commandFor('length', name, known));
  return { name, memoryBytes: numberOrNull(memory), length: numberOrNull(length) };
}

async function ask(commands: ValkeyCommands, command: Command): Promise<Reply> {
  try {
    return await commands.send(command);
  } catch (error) {
    const failure = expectedFailure(error);
    // Refused by an ACL or a managed server, or another type meanwhile.
    if (error instanceof CommandError && 'inputPath' in failure) return null;
    throw failure;
  }
}

/** By memory; by length if the memory of either is unknown. Names decide between equal ones. */
function biggest(keys: readonly SizedKey[], first: number): readonly SizedKey[] {
  const hasMemory = keys.every(({ memoryBytes }) => memoryBytes !== null);
  const sizeOf = ({ memoryBytes, length }: SizedKey): number => (hasMemory ? memoryBytes : length) ?? -1;
  return [...keys]
    .sort((one, other) => sizeOf(other) - sizeOf(one) || one.name.compare(other.name))
    .filter(({ name }, at, sorted) => !(sorted[at - 1]?.name.equals(name) ?? false))
    .slice(0, first);
}
