import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { writeString } from '../../datasources/valkey/values/string.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { parseExpiry, type ExpiryInput } from '../../domain/key/expiry.js';
import { requirePermission } from '../shared/access.js';
import { commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { payloadKey } from './key-of-type.js';
import type { KeySelection } from './key-selection.js';
import { writtenKey } from './key.js';

export interface SetStringInput {
  readonly cluster: string;
  readonly key: string;
  readonly encoding: Encoding;
  readonly value: string;
  readonly valueEncoding: Encoding;
  readonly expiry?: ExpiryInput | null | undefined;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | null | undefined;
}

export interface SetString {
  readonly applied: boolean;
  readonly previous: Buffer | null;
  /** Whether what was set may be gone by now. */
  readonly mayExpire: boolean;
  readonly cluster: string;
  readonly key: Buffer;
}

/** `wantsPrevious` costs nothing but refuses to replace a key of another type, so it is asked for only where it is read. */
export async function setString(context: Context, input: SetStringInput, wantsPrevious: boolean): Promise<SetString> {
  const key = decodeBytes(input.key, input.encoding, ['input', 'key']);
  requirePermission(context, 'keys:write', { cluster: input.cluster, key });
  if (wantsPrevious) requirePermission(context, 'keys:read', { cluster: input.cluster, key });
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  const expiry = input.expiry == null ? undefined : parseExpiry(input.expiry, ['input', 'expiry']);
  const commands = await commandsFor(context, input.cluster);
  const condition = input.condition ?? undefined;
  const written = await writeString(commands, { key, value, expiry, condition, wantsPrevious });
  return { ...written, mayExpire: expiry !== undefined && expiry.kind !== 'never', cluster: input.cluster, key };
}

/** The string as it is now, without a read if it was set for good and only its name is selected; null if there is none. */
export async function keyOfSetString(
  context: Context,
  set: SetString,
  selection: KeySelection,
): Promise<KeySnapshot | null> {
  const { applied, mayExpire, cluster, key } = set;
  requirePermission(context, 'keys:read', { cluster, key });
  const isKnown = applied && !mayExpire && selection.plan.facts.every((fact) => fact === 'type');
  if (isKnown) return await writtenKey(context, { cluster, name: key, type: 'STRING' });
  return await payloadKey(context, set, selection, 'STRING');
}
