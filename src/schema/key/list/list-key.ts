import type { ListElement } from '../../../datasources/valkey/values/list/list.js';
import { encodeBytes } from '../../../domain/encoding.js';
import { length } from '../../../resolvers/key/key.js';
import { listElement, listElements } from '../../../resolvers/key/list/list.js';
import { builder } from '../../builder.js';
import { valueEncodingArgument } from '../../shared/encoding.js';
import { pageArguments } from '../../shared/page-arguments.js';
import { guardedByParent } from '../../shared/scopes.js';
import { furtherField } from '../further-reads.js';
import { keyNode } from '../key-node.js';
import { linkKeysOfType } from '../key-of-type.js';

export const ListKeyRef = keyNode('LIST', 'A key that holds a list: elements in order.');

const ListElementRef = builder.objectRef<ListElement>('ListElement').implement({
  extensions: guardedByParent('keys:read'),
  description: 'An element of a list.',
  fields: (t) => ({
    index: t.expose('index', {
      type: 'SafeInt',
      nullable: false,
      description: 'The index of the element when it was read, always counted from the head, which is 0.',
    }),
    value: t.string({
      description: "The element's value; null if its bytes are not valid in `valueEncoding`.",
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
  }),
});

const ListElementConnectionRef = builder.connectionObject(
  {
    type: ListElementRef,
    name: 'ListElementConnection',
    description:
      'A page of the elements of a list, in order. Each page is exact when it is read. A cursor is a place in the order: if elements are ' +
      'added or removed before it between two pages, the next page repeats or misses elements. In the order from the head, writes at ' +
      'the tail do no harm; in reverse order, writes at the head.',
  },
  { description: 'An element on a page.' },
);

builder.objectFields(ListKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The number of elements (LLEN).', resolve: length }),
  elements: t.field({
    type: ListElementConnectionRef,
    description: 'The elements in pages, from the head to the tail (LRANGE).',
    args: {
      ...pageArguments,
      start: t.arg({
        type: 'SafeInt',
        required: true,
        defaultValue: 0,
        description:
          'The place of the first element of the first page: 0 is the head. As in LRANGE, a negative place counts from the other end: -1 is ' +
          'the tail, and a place before the head is the head. With `reverse`, 0 is the tail and -1 the head. With `after`, `start` has no ' +
          'effect.',
      }),
      reverse: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether the order is from the tail to the head. A cursor is valid for the order of its page only.',
      }),
    },
    resolve: furtherField('LIST', 'elements', listElements),
  }),
  element: t.field({
    type: ListElementRef,
    description: 'The element at an index; null if the list is shorter (LINDEX).',
    args: {
      index: t.arg({
        type: 'SafeInt',
        required: true,
        description: 'Counted from the head, which is 0; a negative index counts from the tail, which is -1.',
      }),
    },
    resolve: furtherField('LIST', 'element', listElement),
  }),
}));

linkKeysOfType('list', 'LIST', ListKeyRef);
