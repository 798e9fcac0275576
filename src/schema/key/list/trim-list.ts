import { trimList } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';

const TrimListInputRef = builder.inputType('TrimListInput', {
  description: 'A list and the range of elements to keep.',
  fields: (t) => ({
    ...keyInputFields(t),
    start: t.field({
      type: 'SafeInt',
      required: true,
      description:
        'The index of the first element to keep, counted from the head, which is 0; a negative index counts from the tail, which is -1.',
    }),
    end: t.field({
      type: 'SafeInt',
      required: true,
      description:
        'The index of the last element to keep, counted likewise. If it is before `start`, no element is kept.',
    }),
  }),
});

const TrimListPayloadRef = payloadRef<WrittenKey>('TrimListPayload').implement({
  description: 'The result of `trimList`.',
  fields: (t) => ({
    key: t.field(payloadKeyField(ListKeyRef, 'LIST', 'list', 'no element is left')),
  }),
});

builder.mutationField('trimList', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: TrimListPayloadRef,
    description: 'Removes all elements of a list outside a range; removing the last element deletes the key (LTRIM).',
    args: { input: t.arg({ type: TrimListInputRef, required: true, description: 'The key and the range.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => trimList(context, input)),
  }),
);
