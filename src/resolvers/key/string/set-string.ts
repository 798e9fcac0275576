import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { writeString } from '../../../datasources/valkey/values/string/string.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { parseExpiry, type ExpiryInput } from '../../../domain/key/expiry.js';
import { requirePermission } from '../../shared/access.js';
import { commandsFor } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { payloadKey } from '../key-of-type.js';
import type { KeySelection } from '../key-selection.js';
import { writtenKey } from '../key.js';
import { keyToWrite, type KeyInput, type WrittenKey } from '../written-key.js';

export interface SetStringInput extends KeyInput {
  readonly value: string;
  readonly valueEncoding: Encoding;
  readonly expiry?: ExpiryInput | null | undefined;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | null | undefined;
}

export interface SetString extends WrittenKey {
  readonly applied: boolean;
  readonly previous: Buffer | null;
  /** Whether the key may already have expired. */
  readonly mayExpire: boolean;
}

/** `needsPrevious` makes Valkey refuse to replace a key of another type, so it is set only if the previous value is selected. */
export async function setString(context: Context, input: SetStringInput, needsPrevious: boolean): Promise<SetString> {
  const { cluster, key } = keyToWrite(context, input);
  if (needsPrevious) requirePermission(context, 'keys:read', { cluster, key });
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  const expiry = input.expiry == null ? undefined : parseExpiry(input.expiry, ['input', 'expiry']);
  const commands = await commandsFor(context, cluster);
  const condition = input.condition ?? undefined;
  const written = await writeString(commands, { key, value, expiry, condition, needsPrevious });
  return { ...written, mayExpire: expiry !== undefined && expiry.kind !== 'never', cluster, key };
}

/** The current state of the string, without a read if it cannot expire and only its name is selected; null if it does not exist. */
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
