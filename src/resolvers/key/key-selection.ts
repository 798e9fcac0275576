import type { KeyReadPlan } from '../../datasources/valkey/values/keys/key-read-plan.js';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { KeyType } from '../../domain/key/key.js';
import type { Context } from '../shared/context.js';

/** A read of a key that needs commands beyond its plan, such as a page of fields. */
export interface FurtherRead {
  /** The only type of keys to which it applies. */
  readonly type: KeyType;
  /** Starts the read, or returns the one that was already started. Does not throw: a failed read rejects. */
  read(this: void, reading: KeySnapshot, context: Context): Promise<unknown>;
}

/** The selected fields of a key. */
export interface KeySelection {
  readonly plan: KeyReadPlan;
  readonly further: readonly FurtherRead[];
  /** Whether the fields follow from the name alone, so that not even the type matters. */
  readonly isNameOnly?: boolean;
}

/**
 * Reads a key. Its existence is decided once, after all replies have arrived: a key that is deleted or expires during the read is
 * null, never half an answer.
 */
export function readKey(
  context: Context,
  cluster: string,
  name: Buffer,
  { plan, further }: KeySelection,
): Promise<KeySnapshot | null> {
  if (further.length === 0) return context.keys.read(cluster, name, plan);
  const readsOf = (reading: KeySnapshot): Promise<unknown>[] =>
    further.filter(({ type }) => type === reading.type).map(({ read }) => read(reading, context));
  // A key of another type refuses these commands. The reads that succeed are found again by their IDs.
  const begin = (expected: KeySnapshot): void => {
    for (const read of readsOf(expected)) read.catch(() => undefined);
  };
  return context.keys.read(cluster, name, plan, begin).then((reading) => {
    const reads = reading ? readsOf(reading) : [];
    return reading && reads.length > 0 ? reading.ifStillExists(reads) : reading;
  });
}
