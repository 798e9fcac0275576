import { expect } from 'vitest';
import {
  anyOrder,
  describePeerCases,
  fails,
  reads,
  refuses,
  rejects,
  valkey,
  writes,
  type PeerCase,
  type Step,
} from '../../../helpers/apis/peer-cases.js';

const stream = 's';
const group = 'g';
const inGroup = { stream, group };
const xadd = (...ids: string[]): Step[] => ids.map((id) => valkey(['XADD', stream, id, 'foo', 'bar']));
const creates = (startAt: string) => valkey(['XGROUP', 'CREATE', stream, group, startAt]);
/** A consumer receives new entries. */
const receives = (consumer: string, count: number) =>
  valkey(['XREADGROUP', 'GROUP', group, consumer, 'COUNT', String(count), 'STREAMS', stream, '>']);
const lists = (args: string, ...ids: string[]) =>
  reads(`stream(name: "s") { entries${args} { nodes { entryId } } }`, {
    entries: { nodes: ids.map((entryId) => ({ entryId })) },
  });
const groups = (...expected: object[]) =>
  reads('stream(name: "s") { groups { name pending lastDeliveredId lag } }', { groups: expected });
const pending = (args: string, ...expected: object[]) =>
  reads(`stream(name: "s") { groups { pendingEntries${args} { nodes { entryId consumer deliveryCount } } } }`, {
    groups: [{ pendingEntries: { nodes: expected } }],
  });
const entry = (entryId: string, consumer: string, deliveryCount = 1) => ({ entryId, consumer, deliveryCount });
const field = { name: 'foo', value: 'bar' };
const ids = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => `${from < to ? from + index : from - index}-0`);

const cases: readonly PeerCase[] = [
  {
    title: 'an entry gets an ID from the clock, or the one that is given',
    from: 'redis-py test_xadd, test_xadd_explicit_ms',
    steps: [
      writes(
        'addStreamEntry',
        { stream, fields: [field] },
        { entryId: expect.stringMatching(/^\d{13}-\d+$/) },
        '{ entryId }',
      ),
      writes(
        'addStreamEntry',
        { stream, fields: [field], entryId: '9999999999999999999-0' },
        { entryId: '9999999999999999999-0' },
      ),
      valkey(['XLEN', stream], 2),
      rejects('addStreamEntry', { stream, fields: [field], entryId: 'now' }, /Expected/),
      refuses('addStreamEntry', { stream, fields: [] }, 'INVALID_INPUT', 'input.fields'),
    ],
  },
  {
    title: 'an ID that is not above all others is refused',
    from: 'RedisInsight stream/POST-databases-id-streams-entries',
    steps: [
      ...xadd('5-0'),
      refuses('addStreamEntry', { stream, fields: [field], entryId: '1-0' }, 'INVALID_INPUT', 'input.entryId'),
      refuses('addStreamEntry', { stream, fields: [field], entryId: '5-0' }, 'INVALID_INPUT', 'input.entryId'),
      refuses('addStreamEntry', { stream: 'none', fields: [field], entryId: '0-0' }, 'INVALID_INPUT', 'input.entryId'),
    ],
  },
  {
    title: 'an entry has several fields, which may repeat and be bytes that are not text',
    from: 'RedisInsight stream/POST-databases-id-streams',
    steps: [
      writes(
        'addStreamEntry',
        {
          stream,
          entryId: '1-1',
          fields: [
            { name: 'a', value: '6131' },
            { name: 'a', value: 'ff00' },
          ],
          valueEncoding: 'HEX',
        },
        { entryId: '1-1' },
      ),
      reads('stream(name: "s") { entries { nodes { json fields { name value hex: value(valueEncoding: HEX) } } } }', {
        entries: {
          nodes: [
            {
              json: null,
              fields: [
                { name: 'a', value: 'a1', hex: '6131' },
                { name: 'a', value: null, hex: 'ff00' },
              ],
            },
          ],
        },
      }),
    ],
  },
  {
    title: 'entries are deleted, and those that do not exist are not counted',
    from: 'redis-py test_xdel',
    steps: [
      writes('deleteStreamEntries', { stream, entryIds: ['1-0'] }, { deleted: 0 }),
      ...xadd('1-0', '2-0', '3-0'),
      writes('deleteStreamEntries', { stream, entryIds: ['1-0'] }, { deleted: 1 }),
      writes('deleteStreamEntries', { stream, entryIds: ['1-0', '2-0', '3-0'] }, { deleted: 2 }),
      valkey(['EXISTS', stream], 1),
    ],
  },
  {
    title: 'a group of an existing stream begins where it is told',
    from: 'redis-py test_xgroup_create',
    steps: [
      ...xadd('1-0'),
      groups(),
      writes('createConsumerGroup', { ...inGroup, startAt: '0' }, { created: true, group: { name: group, lag: 1 } }),
      groups({ name: group, pending: 0, lastDeliveredId: '0-0', lag: 1 }),
    ],
  },
  {
    title: 'a group of a stream that does not exist creates the stream',
    from: 'redis-py test_xgroup_create_mkstream',
    differs: 'A group of a stream that does not exist (XGROUP CREATE without MKSTREAM)',
    steps: [
      writes('createConsumerGroup', inGroup, { created: true, group: { name: group, pending: 0 } }),
      reads('stream(name: "s") { length lastId groups { name lag } }', {
        length: 0,
        lastId: '0-0',
        groups: [{ name: group, lag: 0 }],
      }),
    ],
  },
  {
    title: 'a group that exists is no new group',
    from: 'RedisInsight stream/POST-databases-id-streams-consumer_groups',
    steps: [
      ...xadd('1-0'),
      creates('0'),
      refuses('createConsumerGroup', { ...inGroup, startAt: '0' }, 'ALREADY_EXISTS', 'input.group'),
      writes(
        'createConsumerGroup',
        { ...inGroup, ifNotExists: true },
        { created: false, group: { lastDeliveredId: '0-0' } },
      ),
    ],
  },
  {
    title: 'a consumer is deleted with its pending entries, if that is what it is told',
    from: 'redis-py test_xgroup_delconsumer',
    differs: 'Deleting a consumer with pending entries (XGROUP DELCONSUMER)',
    steps: [
      ...xadd('1-0', '2-0'),
      creates('0'),
      writes('deleteConsumer', { ...inGroup, consumer: 'c' }, { dropped: 0 }),
      receives('c', 10),
      refuses('deleteConsumer', { ...inGroup, consumer: 'c' }, 'INVALID_STATE', 'input.consumer'),
      writes('deleteConsumer', { ...inGroup, consumer: 'c', dropPending: true }, { dropped: 2, group: { pending: 0 } }),
      valkey(['XINFO', 'CONSUMERS', stream, group], []),
    ],
  },
  {
    title: 'a group is deleted once',
    from: 'redis-py test_xgroup_destroy',
    steps: [
      ...xadd('1-0'),
      writes('deleteConsumerGroup', inGroup, { deleted: false }),
      creates('0'),
      writes('deleteConsumerGroup', inGroup, { deleted: true }),
      groups(),
    ],
  },
  {
    title: 'the position of a group is set',
    from: 'redis-py test_xgroup_setid',
    steps: [
      ...xadd('1-0', '2-0'),
      creates('0'),
      writes('setConsumerGroupPosition', { ...inGroup, after: '1-0' }, { group: { lastDeliveredId: '1-0' } }),
      writes('setConsumerGroupPosition', { ...inGroup, after: '$' }, { group: { lastDeliveredId: '2-0' } }),
      refuses('setConsumerGroupPosition', { ...inGroup, after: '9-0' }, 'INVALID_INPUT', 'input.after'),
      refuses('setConsumerGroupPosition', { ...inGroup, group: 'none', after: '0' }, 'NOT_FOUND', 'input.group'),
    ],
  },
  {
    title: 'consumers are listed with their pending entries',
    from: 'redis-py test_xinfo_consumers',
    steps: [
      ...xadd('1-0', '2-0', '3-0'),
      creates('0'),
      receives('c1', 1),
      receives('c2', 10),
      reads('stream(name: "s") { groups { consumers { name pending } } }', {
        groups: [
          {
            consumers: anyOrder([
              { name: 'c1', pending: 1 },
              { name: 'c2', pending: 2 },
            ]),
          },
        ],
      }),
    ],
  },
  {
    title: 'the length, the first and the last entry are read, and none after the stream was trimmed',
    from: 'redis-py test_xinfo_stream, test_xlen',
    steps: [
      reads('stream(name: "s") { length }', null),
      ...xadd('1-0', '2-0'),
      reads(
        'stream(name: "s") { length lastId first: entries(first: 1) { nodes { entryId json } } last: entries(first: 1, reverse: true) { nodes { entryId } } }',
        {
          length: 2,
          lastId: '2-0',
          first: { nodes: [{ entryId: '1-0', json: { foo: 'bar' } }] },
          last: { nodes: [{ entryId: '2-0' }] },
        },
      ),
      writes('trimStream', { stream, maxLength: 0 }, { trimmed: 2, key: { length: 0, lastId: '2-0' } }),
      lists(''),
    ],
  },
  {
    title: 'pending entries are counted and listed, of all consumers or of one',
    from: 'redis-py test_xpending, test_xpending_range',
    steps: [
      ...xadd('1-0', '2-0'),
      creates('0'),
      groups({ name: group, pending: 0, lastDeliveredId: '0-0', lag: 2 }),
      pending(''),
      receives('c1', 1),
      receives('c2', 1),
      groups({ name: group, pending: 2, lastDeliveredId: '2-0', lag: 0 }),
      pending('', entry('1-0', 'c1'), entry('2-0', 'c2')),
      pending('(consumer: "c1")', entry('1-0', 'c1')),
      pending('(first: 1)', entry('1-0', 'c1')),
    ],
  },
  {
    title: 'pending entries are filtered by their idle time, which is not negative',
    from: 'redis-py test_xpending_range_idle, test_xpending_range_negative',
    steps: [
      ...xadd('1-0'),
      creates('0'),
      receives('c1', 1),
      pending('(minIdleSeconds: 0)', entry('1-0', 'c1')),
      pending('(minIdleSeconds: 1000)'),
      fails(
        'stream(name: "s") { groups { pendingEntries(minIdleSeconds: -1) { nodes { entryId } } } }',
        'INVALID_INPUT',
      ),
      fails('stream(name: "s") { groups { pendingEntries(first: 0) { nodes { entryId } } } }', 'INVALID_INPUT'),
    ],
  },
  {
    title: 'entries between two IDs are read, lowest or highest first',
    from: 'redis-py test_xrange, test_xrevrange',
    steps: [
      ...xadd('1-0', '2-0', '3-0', '4-0'),
      lists('(start: "1-0")', '1-0', '2-0', '3-0', '4-0'),
      lists('(start: "2-0", end: "3-0")', '2-0', '3-0'),
      lists('(end: "3-0")', '1-0', '2-0', '3-0'),
      lists('(end: "2-0", first: 1)', '1-0'),
      lists('(end: "4-0", reverse: true)', '4-0', '3-0', '2-0', '1-0'),
      lists('(start: "2-0", end: "3-0", reverse: true)', '3-0', '2-0'),
      lists('(start: "3-0", reverse: true)', '4-0', '3-0'),
      lists('(start: "2-0", first: 1, reverse: true)', '4-0'),
    ],
  },
  {
    title: 'a stream is trimmed to a length or below an ID, by one of them',
    from: 'redis-py test_xtrim, test_xtrim_minlen_and_length_args',
    steps: [
      writes('trimStream', { stream, maxLength: 1000 }, { trimmed: 0, key: null }, '{ trimmed key { length } }'),
      ...xadd('1-0', '2-0', '3-0', '4-0'),
      writes('trimStream', { stream, maxLength: 5 }, { trimmed: 0 }),
      writes('trimStream', { stream, maxLength: 3 }, { trimmed: 1 }),
      writes('trimStream', { stream, minId: '4-0' }, { trimmed: 2 }),
      refuses('trimStream', { stream, maxLength: 1, minId: '1-0' }, 'INVALID_INPUT', 'input'),
      refuses('trimStream', { stream }, 'INVALID_INPUT', 'input'),
      refuses('trimStream', { stream, maxLength: -1 }, 'INVALID_INPUT', 'input.maxLength'),
    ],
  },
  {
    title: 'entries are acknowledged once, and a group that does not exist is NOT_FOUND',
    from: 'redis-py test_xack',
    differs: 'Acknowledging in a group that does not exist (XACK)',
    steps: [
      refuses('acknowledgeEntries', { ...inGroup, entryIds: ['0-1'] }, 'NOT_FOUND', 'input.group'),
      ...xadd('1-0', '2-0', '3-0'),
      refuses('acknowledgeEntries', { ...inGroup, entryIds: ['1-0'] }, 'NOT_FOUND', 'input.group'),
      creates('0'),
      receives('c', 10),
      writes('acknowledgeEntries', { ...inGroup, entryIds: ['1-0'] }, { acknowledged: 1 }),
      writes('acknowledgeEntries', { ...inGroup, entryIds: ['1-0', '2-0', '3-0'] }, { acknowledged: 2 }),
    ],
  },
  {
    title: 'a consumer claims entries that another one received, and none that nobody has received',
    from: 'redis-py test_xclaim, test_xautoclaim',
    differs: 'Claiming whatever is idle (XAUTOCLAIM)',
    steps: [
      ...xadd('1-0', '2-0'),
      creates('0'),
      writes('claimEntries', { ...inGroup, consumer: 'c2', entryIds: ['1-0'] }, { claimed: [] }),
      receives('c1', 10),
      writes(
        'claimEntries',
        { ...inGroup, consumer: 'c2', entryIds: ['1-0'] },
        { claimed: ['1-0'], group: { pending: 2 } },
      ),
      writes('claimEntries', { ...inGroup, consumer: 'c2', entryIds: ['2-0'], minIdleSeconds: 1000 }, { claimed: [] }),
      reads('stream(name: "s") { groups { consumers { name pending } } }', {
        groups: [
          {
            consumers: anyOrder([
              { name: 'c1', pending: 1 },
              { name: 'c2', pending: 1 },
            ]),
          },
        ],
      }),
    ],
  },
  {
    title: 'an entry that was trimmed cannot be claimed, while others are',
    from: 'redis-py test_xclaim_trimmed',
    steps: [
      ...xadd('1-0', '2-0'),
      creates('0'),
      receives('c1', 10),
      valkey(['XTRIM', stream, 'MAXLEN', '1']),
      writes('claimEntries', { ...inGroup, consumer: 'c2', entryIds: ['1-0', '2-0'] }, { claimed: ['2-0'] }),
    ],
  },
  {
    title: 'pages begin at any ID in both orders',
    from: 'RedisInsight stream/POST-databases-id-streams-entries-get',
    steps: [
      ...xadd(...ids(1, 200)),
      lists('(first: 10, start: "100-0")', ...ids(100, 109)),
      lists('(first: 10, end: "100-0", reverse: true)', ...ids(100, 91)),
      lists('(first: 500)', ...ids(1, 200)),
      lists('(first: 500, reverse: true)', ...ids(200, 1)),
      fails('stream(name: "s") { entries(first: 1001) { nodes { entryId } } }', 'INVALID_INPUT'),
    ],
  },
  {
    title: 'a group or consumer that does not exist is NOT_FOUND or nothing',
    from: 'RedisInsight stream/DELETE-databases-id-streams-consumer_groups-consumers',
    steps: [
      ...xadd('1-0'),
      refuses('deleteConsumer', { ...inGroup, consumer: 'c' }, 'NOT_FOUND', 'input.group'),
      refuses('claimEntries', { ...inGroup, consumer: 'c', entryIds: ['1-0'] }, 'NOT_FOUND', 'input.group'),
      creates('0'),
      writes('deleteConsumer', { ...inGroup, consumer: 'none' }, { dropped: 0 }),
    ],
  },
  {
    title: 'a key of another type is no stream',
    from: 'RedisInsight stream/POST-databases-id-streams-entries (incorrect type)',
    steps: [
      valkey(['SET', stream, 'text']),
      fails('stream(name: "s") { length }', 'WRONG_TYPE'),
      refuses('addStreamEntry', { stream, fields: [field] }, 'WRONG_TYPE', 'input.stream'),
      refuses('createConsumerGroup', inGroup, 'WRONG_TYPE', 'input.stream'),
      refuses('acknowledgeEntries', { ...inGroup, entryIds: ['1-0'] }, 'WRONG_TYPE', 'input.stream'),
      refuses('deleteConsumerGroup', inGroup, 'WRONG_TYPE', 'input.stream'),
      refuses('trimStream', { stream, maxLength: 1 }, 'WRONG_TYPE', 'input.stream'),
    ],
  },
  {
    title: 'a stream is browsed without knowing its type',
    from: 'valkey-admin keys-browser getKeyInfo (stream)',
    steps: [
      ...xadd('1-0'),
      reads('key(name: "s") { type ... on StreamKey { length entries { nodes { entryId json } } } }', {
        type: 'STREAM',
        length: 1,
        entries: { nodes: [{ entryId: '1-0', json: { foo: 'bar' } }] },
      }),
    ],
  },
];

describePeerCases('streams', cases);
