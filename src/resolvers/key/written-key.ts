import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import type { Permission } from '../../domain/access/permissions.js';
import { hasPermission, requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';

/** The key that a mutation's input names. */
export interface KeyInput {
  readonly cluster: string;
  readonly key: string;
  readonly encoding: Encoding;
}

/** The key that a mutation writes, and that its payload reads again. */
export interface WrittenKey {
  readonly cluster: string;
  readonly key: Buffer;
}

/**
 * The key that the caller wants to write and may write. Call this first: it reads and changes nothing.
 * @throws ExpectedFailure INVALID_INPUT at `key` below `path`; Outage FORBIDDEN
 */
export function keyToWrite(
  context: Context,
  { cluster, key: name, encoding }: KeyInput,
  path: readonly string[] = ['input'],
): WrittenKey {
  const key = decodeBytes(name, encoding, [...path, 'key']);
  requirePermission(context, 'keys:write', { cluster, key });
  return { cluster, key };
}

/** The keys between which a mutation moves an element. */
export interface MoveInput extends Omit<KeyInput, 'key'> {
  readonly source: string;
  readonly destination: string;
}

export interface WrittenMove {
  readonly cluster: string;
  readonly source: Buffer;
  readonly destination: Buffer;
}

/**
 * The two keys that the caller wants to write and may write. Call this first: it reads and changes nothing.
 * @throws ExpectedFailure INVALID_INPUT at `input.source` or `input.destination`; Outage FORBIDDEN
 */
export function keysToMove(context: Context, { cluster, encoding, ...names }: MoveInput): WrittenMove {
  const source = decodeBytes(names.source, encoding, ['input', 'source']);
  const destination = decodeBytes(names.destination, encoding, ['input', 'destination']);
  for (const key of [source, destination]) requirePermission(context, 'keys:write', { cluster, key });
  // No stream has elements that can be moved.
  requireNoReveal(context, { cluster, source, destination }, ['keys:read']);
  return { cluster, source, destination };
}

/**
 * What is brought from one key to another can be read there. A caller who may read the destination must therefore be allowed to read
 * the source. Otherwise the permission to write both keys would be one to read everything.
 * @throws Outage FORBIDDEN
 */
export function requireNoReveal(
  context: Context,
  { cluster, source, destination }: WrittenMove,
  reads: readonly Permission[] = ['keys:read', 'streams:read', 'groups:read'],
): void {
  for (const permission of reads) {
    if (hasPermission(context, permission, { cluster, key: destination })) {
      requirePermission(context, permission, { cluster, key: source });
    }
  }
}
