import { setListElement } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';

const SetListElementInputRef = builder.inputType('SetListElementInput', {
  description: 'An element of a list and its new value.',
  fields: (t) => ({
    ...keyInputFields(t),
    index: t.field({
      type: 'SafeInt',
      required: true,
      description:
        'The index of the element, counted from the head, which is 0; a negative index counts from the tail, which is -1. An index that the ' +
        'list does not have is INVALID_INPUT.',
    }),
    value: t.string({ required: true, description: 'The new value.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
  }),
});

const SetListElementPayloadRef = payloadRef<WrittenKey>('SetListElementPayload').implement({
  description: 'The result of `setListElement`.',
  fields: (t) => ({
    key: t.field(payloadKeyField(ListKeyRef, 'LIST', 'list')),
  }),
});

builder.mutationField('setListElement', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: SetListElementPayloadRef,
    description: 'Replaces the element at an index of a list (LSET). A key that does not exist is NOT_FOUND.',
    args: {
      input: t.arg({ type: SetListElementInputRef, required: true, description: 'The key, the index and the value.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => setListElement(context, input)),
  }),
);
