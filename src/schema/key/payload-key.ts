import type { GraphQLResolveInfo } from 'graphql';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { KeyType } from '../../domain/key/key.js';
import { payloadKey } from '../../resolvers/key/key-of-type.js';
import type { WrittenKey } from '../../resolvers/key/written-key.js';
import type { Context } from '../../resolvers/shared/context.js';
import type { Payload } from '../shared/user-error.js';
import { keySelection } from './key-selection.js';

/** The resolver of the field `key` of a payload: the key as it is after the mutation, with all selected fields read together. */
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
