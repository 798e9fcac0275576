import { encodeBytes } from '../../../domain/encoding.js';
import { popListElements } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { valueEncodingArgumentOf } from '../../shared/encoding.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';
import { ListSideEnum } from './list-side.js';

const PopListElementsInputRef = builder.inputType('PopListElementsInput', {
  description: 'A list and how many elements to remove from one of its ends.',
  fields: (t) => ({
    ...keyInputFields(t),
    side: t.field({
      type: ListSideEnum,
      required: true,
      defaultValue: 'HEAD',
      description: 'The end from which they are removed.',
    }),
    count: t.int({
      required: true,
      defaultValue: 1,
      description: 'The most elements to remove, 1 to 1000. A shorter list is removed entirely.',
    }),
  }),
});

const PopListElementsPayloadRef = payloadRef<WrittenKey & { readonly elements: readonly Buffer[] }>(
  'PopListElementsPayload',
).implement({
  description: 'The result of `popListElements`.',
  fields: (t) => ({
    elements: t.stringList({
      authScopes: { may: 'keys:read' },
      nullable: { list: true, items: true },
      description:
        'The removed elements, the one at the end of the list first; empty if the key does not exist. An element is null if its bytes are ' +
        'not valid in `valueEncoding`: they are lost then, so select BASE64 unless all elements are text.',
      args: valueEncodingArgumentOf('The encoding of the elements.'),
      resolve: ({ result }, { valueEncoding }) =>
        result?.elements.map((element) => encodeBytes(element, valueEncoding)) ?? null,
    }),
    key: t.field(payloadKeyField(ListKeyRef, 'LIST', 'list', 'no element is left')),
  }),
});

builder.mutationField('popListElements', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: PopListElementsPayloadRef,
    description:
      'Removes elements from an end of a list and returns them; removing the last element deletes the key (LPOP, RPOP).',
    args: {
      input: t.arg({ type: PopListElementsInputRef, required: true, description: 'The key, the end and the number.' }),
    },
    resolve: (_root, { input }, context, info) =>
      withUserErrors(() => popListElements(context, input, selects(info, 'elements'))),
  }),
);
