import { encodeGlobalID } from '@pothos/plugin-relay';
import { idOfKey } from '../../../resolvers/key/key.js';
import { deleteStringIfEquals, type DeletedString } from '../../../resolvers/key/string/delete-string-if-equals.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { typenameOf } from '../key-typenames.js';
import { payloadKeyField } from '../payload-key.js';
import { StringKeyRef } from './string-key.js';

const DeleteStringIfEqualsInputRef = builder.inputType('DeleteStringIfEqualsInput', {
  description: 'A key and the value that it must have to be deleted.',
  fields: (t) => ({
    ...keyInputFields(t),
    expected: t.string({ required: true, description: 'The value that the key must have.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
  }),
});

const DeleteStringIfEqualsPayloadRef = payloadRef<DeletedString>('DeleteStringIfEqualsPayload').implement({
  description:
    'The result of `deleteStringIfEquals`. If the key does not exist or has another value, `deleted` is false; that is no user error.',
  fields: (t) => ({
    deleted: t.boolean({
      description: 'Whether the key had the expected value and was deleted.',
      resolve: ({ result }) => result?.deleted,
    }),
    deletedKeyId: t.id({
      authScopes: { may: 'keys:read' },
      description: 'The global ID of the key if it was deleted, so that clients can remove it from their caches.',
      resolve: ({ result }) =>
        result?.deleted === true
          ? encodeGlobalID(typenameOf('STRING'), idOfKey({ cluster: result.cluster.toLowerCase(), name: result.key }))
          : null,
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'key', 'it does not exist')),
  }),
});

builder.mutationField('deleteStringIfEquals', (t) =>
  t.field({
    authScopes: { may: ['keys:write', 'keys:read'] },
    type: DeleteStringIfEqualsPayloadRef,
    description:
      'Deletes a key if its value is the expected one, e.g. to release a lock (DELIFEQ, or one script before Valkey 9.0). A key of ' +
      'another type is WRONG_TYPE.',
    args: {
      input: t.arg({
        type: DeleteStringIfEqualsInputRef,
        required: true,
        description: 'The key and the expected value.',
      }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteStringIfEquals(context, input)),
  }),
);
