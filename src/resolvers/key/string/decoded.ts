import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { bytesOrNull } from '../../../datasources/valkey/replies.js';
import type { DecodedValue, ValueFormat } from '../../../domain/key/decoding/decoded-value.js';
import type { Context } from '../../shared/context.js';

/** Null if the key no longer exists. @throws ExpectedFailure INVALID_INPUT, INVALID_STATE */
export async function decoded(
  reading: KeySnapshot,
  { as }: { readonly as?: readonly ValueFormat[] | null | undefined },
  { decodeValue }: Pick<Context, 'decodeValue'>,
): Promise<DecodedValue | null> {
  const bytes = bytesOrNull(await reading.read('value'));
  return bytes && (await decodeValue(bytes, as));
}
