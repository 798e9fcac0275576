import type { WrittenKey } from '../../resolvers/key/written-key.js';
import { deleteKeys, setKeyExpiry } from '../../resolvers/key/keys.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { ExpiryInputRef } from './expiry.js';
import { keyInputFields } from './key-input.js';
import { readPayloadKey } from './payload-key.js';
import { KeyRef } from './key.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const SetKeyExpiryInputRef = builder.inputType('SetKeyExpiryInput', {
  description: 'A key and its new expiry.',
  fields: (t) => ({
    ...keyInputFields(t),
    expiry: t.field({
      type: ExpiryInputRef,
      required: true,
      description: 'The new expiry. The policy KEEP is INVALID_INPUT here.',
    }),
  }),
});

const DeleteKeysInputRef = builder.inputType('DeleteKeysInput', {
  description: 'Keys to delete.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    keys: t.stringList({
      required: true,
      description: 'The names of the keys, 1 to 1000. They may belong to several shards.',
    }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the keys.' }),
  }),
});

const SetKeyExpiryPayloadRef = payloadRef<WrittenKey & { readonly applied: boolean }>('SetKeyExpiryPayload').implement({
  description: 'The result of `setKeyExpiry`. If the key does not exist, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description: 'Whether the key exists and has the new expiry.',
      resolve: ({ result }) => result?.applied,
    }),
    key: t.field({
      authScopes: { may: 'keys:read' },
      type: KeyRef,
      description:
        'The current state of the key; null if it does not exist or already expired, or if there are user errors.',
      resolve: readPayloadKey(),
    }),
  }),
});

const DeleteKeysPayloadRef = payloadRef<{ readonly deleted: number }>('DeleteKeysPayload').implement({
  description: 'The result of `deleteKeys`.',
  fields: (t) => ({
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
      'Deletes keys and frees their memory in the background (UNLINK). Keys of several slots are not deleted atomically.',
    args: { input: t.arg({ type: DeleteKeysInputRef, required: true, description: 'The keys.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteKeys(context, input)),
  }),
}));
