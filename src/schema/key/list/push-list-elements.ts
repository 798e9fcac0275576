import { pushListElements } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields, type InputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';
import { ListSideEnum } from './list-side.js';

/** The fields beside the key, also of the operation of a transaction. */
export function pushListElementsFields(t: InputFields) {
  return {
    elements: t.stringList({
      required: true,
      description:
        'The values of the elements, 1 to 1000. They are added one after the other in this order: at the tail, the list then ends with them ' +
        'in this order; at the head, it begins with them in reverse order, the last one first.',
    }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the values.' }),
    side: t.field({
      type: ListSideEnum,
      required: true,
      defaultValue: 'TAIL',
      description: 'The end to which they are added.',
    }),
    onlyIfExists: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether nothing is added if the key does not exist (LPUSHX, RPUSHX). The list is otherwise created.',
    }),
  };
}

const PushListElementsInputRef = builder.inputType('PushListElementsInput', {
  description: 'Elements to add to a list.',
  fields: (t) => ({ ...keyInputFields(t), ...pushListElementsFields(t) }),
});

const PushListElementsPayloadRef = payloadRef<WrittenKey & { readonly length: number }>(
  'PushListElementsPayload',
).implement({
  description: 'The result of `pushListElements`.',
  fields: (t) => ({
    length: t.field({
      type: 'SafeInt',
      description: 'The number of elements after the push; 0 if `onlyIfExists` prevented it.',
      resolve: ({ result }) => result?.length,
    }),
    key: t.field(payloadKeyField(ListKeyRef, 'LIST', 'list', 'it does not exist')),
  }),
});

builder.mutationField('pushListElements', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: PushListElementsPayloadRef,
    description: 'Adds elements to an end of a list, which is created if it does not exist (RPUSH, LPUSH).',
    args: {
      input: t.arg({ type: PushListElementsInputRef, required: true, description: 'The key and the elements.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => pushListElements(context, input)),
  }),
);
