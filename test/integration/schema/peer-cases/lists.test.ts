import {
  describePeerCases,
  fails,
  reads,
  refuses,
  valkey,
  writes,
  type PeerCase,
} from '../../../helpers/apis/peer-cases.js';

const key = 'a';
const rpush = (...elements: string[]) => valkey(['RPUSH', key, ...elements]);
const holds = (...elements: string[]) => valkey(['LRANGE', key, '0', '-1'], elements);
const shows = (args: string, ...elements: (string | null)[]) =>
  reads(`list(name: "a") { elements${args} { nodes { value } } }`, {
    elements: { nodes: elements.map((value) => ({ value })) },
  });
const pops = (input: object, ...elements: string[]) => writes('popListElements', { key, ...input }, { elements });
const hundred = Array.from({ length: 100 }, (_, index) => `element_${index + 1}`);

const cases: readonly PeerCase[] = [
  {
    title: 'an element is read by its index',
    from: 'redis-py test_lindex',
    steps: [
      rpush('1', '2', '3'),
      ...[0, 1, 2].map((index) =>
        reads(`list(name: "a") { element(index: ${index}) { index value } }`, {
          element: { index, value: String(index + 1) },
        }),
      ),
    ],
  },
  {
    title: 'elements are inserted before and after a pivot',
    from: 'redis-py test_linsert',
    steps: [
      rpush('1', '2', '3'),
      writes('insertListElement', { key, where: 'AFTER', pivot: '2', value: '2.5' }, { applied: true, length: 4 }),
      holds('1', '2', '2.5', '3'),
      writes('insertListElement', { key, where: 'BEFORE', pivot: '2', value: '1.5' }, { applied: true, length: 5 }),
      holds('1', '1.5', '2', '2.5', '3'),
      writes('insertListElement', { key, where: 'BEFORE', pivot: '9', value: 'x' }, { applied: false, length: null }),
    ],
  },
  {
    title: 'the length is the number of elements',
    from: 'redis-py test_llen',
    steps: [rpush('1', '2', '3'), reads('list(name: "a") { length }', { length: 3 })],
  },
  {
    title: 'the head is popped until the list is gone, which then gives no element',
    from: 'redis-py test_lpop',
    steps: [rpush('1', '2', '3'), pops({}, '1'), pops({}, '2'), pops({}, '3'), pops({}), valkey(['EXISTS', key], 0)],
  },
  {
    title: 'several elements are popped from the head in the order of the list',
    from: 'redis-py test_lpop_count',
    steps: [rpush('1', '2', '3'), pops({ count: 2 }, '1', '2'), pops({ count: 1 }, '3'), pops({ count: 3 })],
  },
  {
    title: 'several elements are popped from the tail, the last one first',
    from: 'redis-py test_rpop_count',
    steps: [
      rpush('1', '2', '3'),
      pops({ side: 'TAIL', count: 2 }, '3', '2'),
      pops({ side: 'TAIL', count: 1 }, '1'),
      pops({ side: 'TAIL', count: 3 }),
    ],
  },
  {
    title: 'elements are pushed one after the other at the head of an existing list',
    from: 'redis-py test_lpushx_with_list',
    steps: [
      rpush('b', 'a'),
      writes(
        'pushListElements',
        { key, elements: ['foo', 'asdasd', '55', 'asdasdas'], side: 'HEAD', onlyIfExists: true },
        { length: 6 },
      ),
      holds('asdasdas', '55', 'asdasd', 'foo', 'b', 'a'),
    ],
  },
  {
    title: 'nothing is pushed to a list that does not exist if it must exist',
    from: 'redis-py test_rpushx',
    steps: [
      writes(
        'pushListElements',
        { key, elements: ['b'], onlyIfExists: true },
        { length: 0, key: null },
        '{ length key { length } }',
      ),
      valkey(['EXISTS', key], 0),
      rpush('1', '2', '3'),
      writes('pushListElements', { key, elements: ['4'], onlyIfExists: true }, { length: 4, key: { length: 4 } }),
      holds('1', '2', '3', '4'),
    ],
  },
  {
    title: 'ranges are pages that begin at an index',
    from: 'redis-py test_lrange',
    steps: [
      rpush('1', '2', '3', '4', '5'),
      shows('(first: 3)', '1', '2', '3'),
      shows('(start: 2, first: 9)', '3', '4', '5'),
      shows('', '1', '2', '3', '4', '5'),
      shows('(first: 1)', '1'),
      shows('(start: -2)', '4', '5'),
    ],
  },
  {
    title: 'elements are removed by value from either end, or all of them',
    from: 'redis-py test_lrem',
    differs: 'The sign of a count (LREM, SRANDMEMBER)',
    steps: [
      rpush('Z', 'b', 'Z', 'Z', 'c', 'Z', 'Z'),
      writes('removeListElements', { key, value: 'Z', count: 1 }, { removed: 1 }),
      holds('b', 'Z', 'Z', 'c', 'Z', 'Z'),
      refuses('removeListElements', { key, value: 'Z', count: -2 }, 'INVALID_INPUT', 'input.count'),
      writes('removeListElements', { key, value: 'Z', count: 2, from: 'TAIL' }, { removed: 2 }),
      holds('b', 'Z', 'Z', 'c'),
      refuses('removeListElements', { key, value: 'Z', count: 0 }, 'INVALID_INPUT', 'input.count'),
      writes('removeListElements', { key, value: 'Z' }, { removed: 2 }),
      holds('b', 'c'),
    ],
  },
  {
    title: 'an element is replaced at its index',
    from: 'redis-py test_lset',
    steps: [
      rpush('1', '2', '3'),
      writes('setListElement', { key, index: 1, value: '4' }, { key: { length: 3 } }),
      holds('1', '4', '3'),
    ],
  },
  {
    title: 'elements outside a range are trimmed',
    from: 'redis-py test_ltrim',
    steps: [
      rpush('1', '2', '3'),
      writes('trimList', { key, start: 0, end: 1 }, { key: { length: 2 } }),
      holds('1', '2'),
    ],
  },
  {
    title: 'an element moves between the ends of two lists',
    from: 'redis-py test_lmove',
    steps: [
      rpush('one', 'two', 'three', 'four'),
      writes('moveListElement', { source: 'a', destination: 'b' }, { moved: true, element: 'one' }),
      writes(
        'moveListElement',
        { source: 'a', destination: 'b', from: 'TAIL', to: 'HEAD' },
        { moved: true, element: 'four', source: { length: 2 }, destination: { length: 2 } },
      ),
      valkey(['LRANGE', 'b', '0', '-1'], ['four', 'one']),
    ],
  },
  {
    title: 'names with spaces, line breaks and control characters hold the lists that were pushed',
    from: 'redis-py test_binary_lists',
    steps: ['foo bar', 'foo\r\nbar\r\n', 'foo\tbar\u0007'].flatMap((name) => [
      writes('pushListElements', { key: name, elements: ['1', '2', '3'] }, { length: 3, key: { name } }),
      reads(`list(name: ${JSON.stringify(name)}) { elements { nodes { value } } }`, {
        elements: { nodes: [{ value: '1' }, { value: '2' }, { value: '3' }] },
      }),
    ]),
  },
  {
    title: 'names and elements are bytes that are not text',
    from: 'redis-py test_lists_with_byte_keys',
    steps: [
      writes(
        'pushListElements',
        { key: 'ff00', encoding: 'HEX', elements: ['80', '0d0a', ''], valueEncoding: 'HEX' },
        { length: 3 },
      ),
      reads(
        'list(name: "ff00", encoding: HEX) { name hex: name(encoding: HEX) elements { nodes { value hex: value(valueEncoding: HEX) } } }',
        {
          name: null,
          hex: 'ff00',
          elements: {
            nodes: [
              { value: null, hex: '80' },
              { value: '\r\n', hex: '0d0a' },
              { value: '', hex: '' },
            ],
          },
        },
      ),
    ],
  },
  {
    title: 'an element of a list that does not exist, or of an index outside it, cannot be replaced',
    from: 'RedisInsight list/PATCH-databases-id-list',
    steps: [
      refuses('setListElement', { key, index: 0, value: 'x' }, 'NOT_FOUND', 'input.key'),
      rpush('1'),
      refuses('setListElement', { key, index: 999, value: 'x' }, 'INVALID_INPUT', 'input.index'),
      writes('setListElement', { key, index: 0, value: '' }, { key: { length: 1 } }),
      holds(''),
    ],
  },
  {
    title: 'negative indexes count from the tail, and an index outside the list has no element',
    from: 'RedisInsight list/POST-databases-id-list-get_elements-index',
    differs: 'A key or element that does not exist',
    steps: [
      rpush(...hundred),
      reads('list(name: "a") { element(index: -1) { index value } }', { element: { index: 99, value: 'element_100' } }),
      reads('list(name: "a") { element(index: -2) { index value } }', { element: { index: 98, value: 'element_99' } }),
      reads('list(name: "a") { element(index: 99) { value } }', { element: { value: 'element_100' } }),
      reads('list(name: "a") { element(index: 100) { value } }', { element: null }),
      reads('list(name: "none") { element(index: 0) { value } }', null),
    ],
  },
  {
    title: 'pages begin at the head, at an index, or at the tail',
    from: 'RedisInsight list/POST-databases-id-list-get_elements',
    steps: [
      rpush(...hundred),
      shows('(first: 50)', ...hundred.slice(0, 50)),
      shows('(start: 50, first: 50)', ...hundred.slice(50)),
      shows('(start: -50)', ...hundred.slice(50)),
      shows('(first: 100)', ...hundred),
      shows('(first: 3, reverse: true)', 'element_100', 'element_99', 'element_98'),
      shows('(start: 100)'),
    ],
  },
  {
    title: 'a list is created with an empty element; pushing again adds to it instead of a conflict',
    from: 'RedisInsight list/POST-databases-id-list',
    differs: 'Creating a key that exists',
    steps: [
      writes('pushListElements', { key, elements: [''] }, { length: 1, key: { length: 1, ttlSeconds: null } }),
      holds(''),
      writes('pushListElements', { key, elements: ['more'] }, { length: 2 }),
      holds('', 'more'),
    ],
  },
  {
    title: 'elements are deleted from either end, and the last one deletes the key',
    from: 'RedisInsight list/DELETE-databases-id-list-elements',
    steps: [
      rpush(...hundred.slice(0, 15)),
      pops({ count: 10 }, ...hundred.slice(0, 10)),
      pops({ count: 2, side: 'TAIL' }, 'element_15', 'element_14'),
      pops({ count: 1000 }, 'element_11', 'element_12', 'element_13'),
      valkey(['EXISTS', key], 0),
    ],
  },
  {
    title: 'a list is not read or written as another type',
    from: 'RedisInsight list/PUT-databases-id-list',
    steps: [
      valkey(['SET', key, 'text']),
      fails('list(name: "a") { length }', 'WRONG_TYPE'),
      refuses('pushListElements', { key, elements: ['x'] }, 'WRONG_TYPE', 'input.key'),
      refuses('pushListElements', { key, elements: ['x'], onlyIfExists: true }, 'WRONG_TYPE', 'input.key'),
    ],
  },
  {
    title: 'a key without a known type shows its elements',
    from: 'valkey-admin keys-browser getKeyInfo (list)',
    steps: [
      rpush('item1', 'item2'),
      reads('key(name: "a") { type ttlSeconds ... on ListKey { length elements { nodes { value } } } }', {
        type: 'LIST',
        ttlSeconds: null,
        length: 2,
        elements: { nodes: [{ value: 'item1' }, { value: 'item2' }] },
      }),
    ],
  },
];

describePeerCases('lists', cases);
