import { payloadKey } from '../../resolvers/key/key-of-type.js';
import { deleteKeys, setKeyExpiry } from '../../resolvers/key/keys.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { ExpiryInputRef } from './expiry.js';
import { keySelection } from './key-selection.js';
import { KeyRef } from './key.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const SetKeyExpiryInputRef = builder.inputType('SetKeyExpiryInput', {
  description: 'A key and when it is to expire.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    key: t.string({ required: true, description: "The key's name." }),
    expiry: t.field({ type: ExpiryInputRef, required: true, description: 'When; KEEP is refused here.' }),
    encoding: t.field({ ...encodingInput, description: 'How the name is written.' }),
  }),
});

const DeleteKeysInputRef = builder.inputType('DeleteKeysInput', {
  description: 'Keys to be deleted.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    keys: t.stringList({ required: true, description: '1 to 1000 names of keys, of any shards.' }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
  }),
});

const SetKeyExpiryPayloadRef = payloadRef<{
  readonly applied: boolean;
  readonly cluster: string;
  readonly key: Buffer;
}>('SetKeyExpiryPayload').implement({
  description: '`applied` is false where there is no such key; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description: 'Whether the key is there and now expires as asked.',
      resolve: ({ result }) => result?.applied,
    }),
    key: t.field({
      authScopes: { may: 'keys:read' },
      type: KeyRef,
      description: 'The key as it is now; null if there is none, or if it has expired already.',
      resolve: ({ result }, _arguments, context, info) =>
        result ? payloadKey(context, result, keySelection(info)) : null,
    }),
  }),
});

const DeleteKeysPayloadRef = payloadRef<{ readonly deleted: number }>('DeleteKeysPayload').implement({
  description: 'What `deleteKeys` answers.',
  fields: (t) => ({
    deleted: t.int({ description: 'How many of the keys there were.', resolve: ({ result }) => result?.deleted }),
  }),
});

builder.mutationFields((t) => ({
  setKeyExpiry: t.field({
    authScopes: { may: 'keys:write' },
    type: SetKeyExpiryPayloadRef,
    description: 'Sets when a key expires, or that it does not (PEXPIRE, PEXPIREAT, PERSIST).',
    args: { input: t.arg({ type: SetKeyExpiryInputRef, required: true, description: 'Which, and when.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setKeyExpiry(context, input)),
  }),
  deleteKeys: t.field({
    authScopes: { may: 'keys:write' },
    type: DeleteKeysPayloadRef,
    description: 'Deletes keys, whose memory is freed in the background (UNLINK); not atomic over shards.',
    args: { input: t.arg({ type: DeleteKeysInputRef, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteKeys(context, input)),
  }),
}));
