import { deleteHashFields, setHashFields } from '../../resolvers/key/hash.js';
import { payloadKey } from '../../resolvers/key/key-of-type.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { ExpiryInputRef } from './expiry.js';
import { HashKeyRef } from './hash-key.js';
import { keySelection } from './key-selection.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const HashFieldInputRef = builder.inputType('HashFieldInput', {
  description: 'A field and what it is to hold.',
  fields: (t) => ({
    name: t.string({ required: true, description: "The field's name." }),
    value: t.string({ required: true, description: "The field's value." }),
  }),
});

const SetHashFieldsInputRef = builder.inputType('SetHashFieldsInput', {
  description: 'Fields of a hash to be set.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    key: t.string({ required: true, description: "The hash's key." }),
    fields: t.field({ type: [HashFieldInputRef], required: true, description: '1 to 1000 fields.' }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'How values are written.' }),
    keyExpiry: t.field({ type: ExpiryInputRef, description: 'When the whole hash expires; left out, as it did.' }),
  }),
});

const DeleteHashFieldsInputRef = builder.inputType('DeleteHashFieldsInput', {
  description: 'Fields of a hash to be deleted.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    key: t.string({ required: true, description: "The hash's key." }),
    fields: t.stringList({ required: true, description: '1 to 1000 names of fields.' }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
  }),
});

interface Written {
  readonly cluster: string;
  readonly key: Buffer;
}

const SetHashFieldsPayloadRef = payloadRef<Written & { readonly added: number }>('SetHashFieldsPayload').implement({
  description: 'What `setHashFields` answers.',
  fields: (t) => ({
    added: t.int({ description: 'How many of the fields are new.', resolve: ({ result }) => result?.added }),
    key: t.field({
      authScopes: { may: 'keys:read' },
      type: HashKeyRef,
      description: 'The hash as it is now; null if it has expired already.',
      resolve: ({ result }, _arguments, context, info) =>
        result ? payloadKey(context, result, keySelection(info, { type: 'HASH' }), 'HASH') : null,
    }),
  }),
});

const DeleteHashFieldsPayloadRef = payloadRef<Written & { readonly deleted: number }>(
  'DeleteHashFieldsPayload',
).implement({
  description: 'What `deleteHashFields` answers.',
  fields: (t) => ({
    deleted: t.int({ description: 'How many of the fields there were.', resolve: ({ result }) => result?.deleted }),
    key: t.field({
      authScopes: { may: 'keys:read' },
      type: HashKeyRef,
      description: 'The hash as it is now; null if no field is left.',
      resolve: ({ result }, _arguments, context, info) =>
        result ? payloadKey(context, result, keySelection(info, { type: 'HASH' }), 'HASH') : null,
    }),
  }),
});

builder.mutationFields((t) => ({
  setHashFields: t.field({
    authScopes: { may: 'keys:write' },
    type: SetHashFieldsPayloadRef,
    description:
      'Sets fields of a hash, which is made where it is not there (HSET); with `keyExpiry` in one transaction.',
    args: { input: t.arg({ type: SetHashFieldsInputRef, required: true, description: 'What, and where.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setHashFields(context, input)),
  }),
  deleteHashFields: t.field({
    authScopes: { may: 'keys:write' },
    type: DeleteHashFieldsPayloadRef,
    description: 'Deletes fields of a hash, and the key with the last of them (HDEL).',
    args: { input: t.arg({ type: DeleteHashFieldsInputRef, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteHashFields(context, input)),
  }),
}));
