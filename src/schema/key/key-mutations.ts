import { encodeGlobalID } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import { idOfKey } from '../../resolvers/key/key.js';
import type { WrittenKey } from '../../resolvers/key/written-key.js';
import { deleteKeys, setKeyExpiry } from '../../resolvers/key/keys.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { ExpiryInputRef } from './expiry.js';
import { keyInputFields, type InputFields } from './key-input.js';
import { payloadKeyField } from './payload-key.js';
import { typenameOf } from './key-typenames.js';
import { KeyRef } from './key.js';
import { selects } from '../shared/selection.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

/** The fields of the mutation beside the key, also of the operation of a transaction. */
export function setKeyExpiryFields(t: InputFields) {
  return {
    expiry: t.field({
      type: ExpiryInputRef,
      required: true,
      description: 'The new expiry. The policy KEEP is INVALID_INPUT here.',
    }),
  };
}

const SetKeyExpiryInputRef = builder.inputType('SetKeyExpiryInput', {
  description: 'A key and its new expiry.',
  fields: (t) => ({ ...keyInputFields(t), ...setKeyExpiryFields(t) }),
});

export function deleteKeysFields(t: InputFields, limits: string) {
  return {
    keys: t.stringList({ required: true, description: `The names of the keys, 1 to 1000. ${limits}` }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the keys.' }),
  };
}

const DeleteKeysInputRef = builder.inputType('DeleteKeysInput', {
  description: 'Keys to delete.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    ...deleteKeysFields(t, 'They may belong to several shards.'),
  }),
});

const SetKeyExpiryPayloadRef = payloadRef<WrittenKey & { readonly applied: boolean }>('SetKeyExpiryPayload').implement({
  description: 'The result of `setKeyExpiry`. If the key does not exist, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description: 'Whether the key exists and has the new expiry.',
      resolve: ({ result }) => result?.applied,
    }),
    key: t.field(payloadKeyField(KeyRef, undefined, 'key', 'it does not exist or already expired')),
  }),
});

const DeleteKeysPayloadRef = payloadRef<Awaited<ReturnType<typeof deleteKeys>>>('DeleteKeysPayload').implement({
  description: 'The result of `deleteKeys`.',
  fields: (t) => ({
    deletedKeyIds: t.idList({
      authScopes: { may: 'keys:read' },
      nullable: { list: true, items: false },
      description:
        'The global IDs of the keys that existed and were deleted, in the order of the input, so that clients can remove them from their ' +
        'caches. If this field is selected, each key is deleted by a command of its own, and its type is read before (TYPE).',
      resolve({ result }) {
        if (result?.keys instanceof Error) throw result.keys;
        return result?.keys?.map((key) => encodeGlobalID(typenameOf(key.type), idOfKey(key)));
      },
    }),
    deleted: t.int({
      description: 'The number of keys that existed and were deleted.',
      resolve: ({ result }) => result?.deleted,
    }),
  }),
});

builder.mutationFields((t) => ({
  setKeyExpiry: t.field({
    authScopes: { may: 'keys:write' },
    type: SetKeyExpiryPayloadRef,
    description: 'Sets or removes the expiry of a key (PEXPIRE, PEXPIREAT, PERSIST).',
    args: { input: t.arg({ type: SetKeyExpiryInputRef, required: true, description: 'The key and the expiry.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setKeyExpiry(context, input)),
  }),
  deleteKeys: t.field({
    authScopes: { may: 'keys:write' },
    type: DeleteKeysPayloadRef,
    description:
      'Deletes keys and frees their memory in the background (UNLINK). Other clients may see some of the keys deleted before others.',
    args: { input: t.arg({ type: DeleteKeysInputRef, required: true, description: 'The keys.' }) },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => deleteKeys(context, input, selects(info, 'deletedKeyIds'))),
  }),
}));
