import { insertListElement } from '../../../resolvers/key/list/list-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { ListKeyRef } from './list-key.js';

const InsertPlaceEnum = builder.enumType('InsertPlace', {
  description: 'A side of an element.',
  values: {
    BEFORE: { description: 'Towards the head.' },
    AFTER: { description: 'Towards the tail.' },
  } as const,
});

const InsertListElementInputRef = builder.inputType('InsertListElementInput', {
  description: 'A new element and the element beside which it is inserted.',
  fields: (t) => ({
    ...keyInputFields(t),
    where: t.field({ type: InsertPlaceEnum, required: true, description: 'The side of the pivot.' }),
    pivot: t.string({
      required: true,
      description: 'The value of an element of the list. If several elements have it, the first from the head counts.',
    }),
    value: t.string({ required: true, description: 'The value of the new element.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the pivot and of the value.' }),
  }),
});

interface Inserted extends WrittenKey {
  readonly applied: boolean;
  readonly length: number | null;
}

const InsertListElementPayloadRef = payloadRef<Inserted>('InsertListElementPayload').implement({
  description:
    'The result of `insertListElement`. If the list has no such pivot, or does not exist, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description: 'Whether the element was inserted.',
      resolve: ({ result }) => result?.applied,
    }),
    length: t.field({
      type: 'SafeInt',
      description: 'The number of elements after the insertion; null if nothing was inserted.',
      resolve: ({ result }) => result?.length,
    }),
    key: t.field(payloadKeyField(ListKeyRef, 'LIST', 'list', 'it does not exist')),
  }),
});

builder.mutationField('insertListElement', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: InsertListElementPayloadRef,
    description:
      'Inserts an element before or after another one (LINSERT). Valkey searches the pivot from the head, which takes long in a long list.',
    args: {
      input: t.arg({
        type: InsertListElementInputRef,
        required: true,
        description: 'The key, the pivot and the value.',
      }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => insertListElement(context, input)),
  }),
);
