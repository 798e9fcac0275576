import type { GraphQLResolveInfo } from 'graphql';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { KeyType } from '../../domain/key/key.js';
import { payloadKey } from '../../resolvers/key/key-of-type.js';
import type { WrittenKey } from '../../resolvers/key/written-key.js';
import type { Context } from '../../resolvers/shared/context.js';
import type { Payload } from '../shared/user-error.js';
import { keySelection } from './key-selection.js';

/**
 * The field `key` of a payload: the key as it is after the mutation.
 * @param keyType undefined for keys of every type
 * @param nullIf why there may be no key after a mutation that succeeded, e.g. `it does not exist`
 */
export function payloadKeyField<Ref>(ref: Ref, keyType: KeyType | undefined, noun: string, nullIf?: string) {
  return {
    authScopes: { may: 'keys:read' },
    type: ref,
    description: `The current state of the ${noun}; null if ${nullIf ? `${nullIf}, or if ` : ''}there are user errors.`,
    resolve: readPayloadKey(keyType),
  } as const;
}

/** The resolver of a field for the key that was written. All selected fields are read together. */
export function readPayloadKey(type?: KeyType) {
  return readKeyOfPayload((written: WrittenKey) => written, type);
}

/** The same for one of several keys. */
export function readKeyOfPayload<Written>(keyOf: (written: Written) => WrittenKey, type?: KeyType) {
  return (
    { result }: Payload<Written>,
    _arguments: object,
    context: Context,
    info: GraphQLResolveInfo,
  ): Promise<KeySnapshot | null> | null =>
    result ? payloadKey(context, keyOf(result), keySelection(info, { type }), type) : null;
}
