import type { KeyReadPlan } from '../../datasources/valkey/values/keys/key-read-plan.js';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { KeyType } from '../../domain/key/key.js';
import type { Context } from '../shared/context.js';

/** A read of a key that needs commands beyond its plan, such as a page of fields. */
export interface FurtherRead {
  /** The only type of keys to which it applies. */
  readonly type: KeyType;
  /** Starts the read, or returns the one that was already started. */
  read(this: void, reading: KeySnapshot, context: Context): Promise<unknown>;
}

/** The selected fields of a key. */
export interface KeySelection {
  readonly plan: KeyReadPlan;
  readonly further: readonly FurtherRead[];
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
  const known = context.keys.read(cluster, name, plan);
  if (further.length === 0) return known;
  return known.then((reading) => {
    if (!reading) return null;
    const reads = further.filter(({ type }) => type === reading.type).map(({ read }) => read(reading, context));
    return reads.length === 0 ? reading : reading.ifStillExists(reads);
  });
}
