import type { WrittenKey } from '../../resolvers/key/written-key.js';
import { copyKey, renameKey } from '../../resolvers/key/key-names.js';
import { builder } from '../builder.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { keyInputFields, sameSlot } from './key-input.js';
import { KeyRef } from './key.js';
import { payloadKeyField } from './payload-key.js';

const newKey = {
  required: true,
  description: `The new name. ${sameSlot}`,
} as const;

const RenameKeyInputRef = builder.inputType('RenameKeyInput', {
  description: 'A key and its new name.',
  fields: (t) => ({
    ...keyInputFields(t, 'The encoding of both names.'),
    newKey: t.string(newKey),
    onlyIfAbsent: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether to keep a key that has the new name (RENAMENX). If false, it is replaced, whatever its type.',
    }),
  }),
});

const CopyKeyInputRef = builder.inputType('CopyKeyInput', {
  description: 'A key and the name of its copy.',
  fields: (t) => ({
    ...keyInputFields(t, 'The encoding of both names.'),
    newKey: t.string(newKey),
    replace: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether to replace a key that has the new name, whatever its type (REPLACE).',
    }),
  }),
});

type Applied = WrittenKey & { readonly applied: boolean };

const RenameKeyPayloadRef = payloadRef<Applied>('RenameKeyPayload').implement({
  description:
    'The result of `renameKey`. If a key has the new name and was to be kept, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({ description: 'Whether the key was renamed.', resolve: ({ result }) => result?.applied }),
    key: t.field(payloadKeyField(KeyRef, undefined, 'key with the new name', 'it already expired')),
  }),
});

const CopyKeyPayloadRef = payloadRef<Applied>('CopyKeyPayload').implement({
  description:
    'The result of `copyKey`. If a key has the new name and was not to be replaced, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({ description: 'Whether the key was copied.', resolve: ({ result }) => result?.applied }),
    key: t.field(payloadKeyField(KeyRef, undefined, 'key with the new name', 'it already expired')),
  }),
});

builder.mutationFields((t) => ({
  renameKey: t.field({
    authScopes: { may: 'keys:write' },
    type: RenameKeyPayloadRef,
    description:
      'Gives a key another name (RENAME, RENAMENX). Its value and expiry are kept. A key that does not exist is NOT_FOUND. ' +
      'Both names require the permission, and a caller who may read the new name must be allowed to read the old one.',
    args: { input: t.arg({ type: RenameKeyInputRef, required: true, description: 'The key and its new name.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => renameKey(context, input)),
  }),
  copyKey: t.field({
    authScopes: { may: 'keys:write' },
    type: CopyKeyPayloadRef,
    description:
      'Copies a key with its value and expiry (COPY). A key that does not exist is NOT_FOUND. Both names require the permission, ' +
      'and a caller who may read the new name must be allowed to read the old one.',
    args: { input: t.arg({ type: CopyKeyInputRef, required: true, description: 'The key and the name of its copy.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => copyKey(context, input)),
  }),
}));
