import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { writeString, type StringWrite } from '../../../datasources/valkey/values/string/string.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { invalidInput } from '../../../domain/errors.js';
import { parseExpiry, type ExpiryInput } from '../../../domain/key/expiry.js';
import { requirePermission } from '../../shared/access.js';
import { commandsFor } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { payloadKey } from '../key-of-type.js';
import type { KeySelection } from '../key-selection.js';
import { writtenKey } from '../key.js';
import { keyToWrite, type KeyInput, type WrittenKey } from '../written-key.js';

/** The part of `setString` that is also an operation of a transaction. */
export interface SetStringOperation {
  readonly value: string;
  readonly valueEncoding: Encoding;
  readonly expiry?: ExpiryInput | null | undefined;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | null | undefined;
  readonly ifEquals?: string | null | undefined;
}

export interface SetStringInput extends KeyInput, SetStringOperation {}

export interface SetString extends WrittenKey {
  readonly applied: boolean;
  readonly previous: Buffer | null;
  /** Whether the key may already have expired. */
  readonly mayExpire: boolean;
}

/** `needsPrevious` makes Valkey refuse to replace a key of another type, so it is set only if the previous value is selected. */
export async function setString(context: Context, input: SetStringInput, needsPrevious: boolean): Promise<SetString> {
  const { cluster, key } = keyToWrite(context, input);
  if (needsPrevious || input.ifEquals != null) requirePermission(context, 'keys:read', { cluster, key });
  const write = stringWrite(key, input, ['input']);
  const commands = await commandsFor(context, cluster);
  if (needsPrevious) context.removedValues.requireRoom();
  const written = await writeString(commands, write, needsPrevious);
  if (written.applied) context.removedValues.add([written.previous]);
  const mayExpire = write.expiry !== undefined && write.expiry.kind !== 'never';
  return { ...written, mayExpire, cluster, key };
}

/** @throws ExpectedFailure INVALID_INPUT at `path` or below */
export function stringWrite(key: Buffer, input: SetStringOperation, path: readonly string[]): StringWrite {
  const { valueEncoding, condition, ifEquals } = input;
  if (condition != null && ifEquals != null) {
    throw invalidInput('Expected `condition` or `ifEquals`, got both.', [...path, 'condition']);
  }
  return {
    key,
    value: decodeBytes(input.value, valueEncoding, [...path, 'value']),
    expiry: input.expiry == null ? undefined : parseExpiry(input.expiry, [...path, 'expiry']),
    condition: condition ?? undefined,
    ifEquals: ifEquals == null ? undefined : decodeBytes(ifEquals, valueEncoding, [...path, 'ifEquals']),
  };
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
