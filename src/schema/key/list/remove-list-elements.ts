import { removeListElements } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';
import { ListSideEnum } from './list-side.js';

const RemoveListElementsInputRef = builder.inputType('RemoveListElementsInput', {
  description: 'A value whose elements are removed from a list.',
  fields: (t) => ({
    ...keyInputFields(t),
    value: t.string({ required: true, description: 'The value of the elements.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
    count: t.field({
      type: 'SafeInt',
      description: 'The most elements to remove, 1 or more. If omitted, all elements with the value are removed.',
    }),
    from: t.field({
      type: ListSideEnum,
      required: true,
      defaultValue: 'HEAD',
      description: 'The end at which the search begins, which matters if there are more than `count` such elements.',
    }),
  }),
});

const RemoveListElementsPayloadRef = payloadRef<WrittenKey & { readonly removed: number }>(
  'RemoveListElementsPayload',
).implement({
  description: 'The result of `removeListElements`.',
  fields: (t) => ({
    removed: t.field({
      type: 'SafeInt',
      description: 'The number of removed elements.',
      resolve: ({ result }) => result?.removed,
    }),
    key: t.field(payloadKeyField(ListKeyRef, 'LIST', 'list', 'no element is left')),
  }),
});

builder.mutationField('removeListElements', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: RemoveListElementsPayloadRef,
    description: 'Removes elements with a value from a list; removing the last element deletes the key (LREM).',
    args: {
      input: t.arg({ type: RemoveListElementsInputRef, required: true, description: 'The key and the value.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => removeListElements(context, input)),
  }),
);
