import { describe, expect, test } from 'vitest';
import { startChannelApi } from '../../helpers/apis/channel-api.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { openDataApi } from '../../helpers/apis/data-api.js';
import { serve } from '../../helpers/apis/served-api.js';
import { describeServer } from '../../helpers/valkey/described-cluster.js';
import { transports } from '../../helpers/clients/transports.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

const subscription = (filter: string, variables = '') =>
  `subscription ${variables} { channelMessages(cluster: "orders", channels: ["a"], filter: ${filter}) { messages { payload json } } }`;
const streaming = Object.entries(transports).filter(([, { carries }]) => carries.includes('subscription'));

describe('Integers that a number cannot hold', () => {
  test.each(streaming)('are refused in a filter, in the document and in variables: %s', async (_, { run }) => {
    await using api = await startChannelApi();
    const operations = [
      { query: subscription('[{ path: "id", equals: 9007199254740993 }]'), at: ['equals'] },
      { query: subscription('[{ path: "id", in: [1, -9007199254740992] }]'), at: ['in', '1'] },
      { query: subscription('[{ path: "id", equals: $id }]', '($id: JSON)'), at: ['equals'] },
      { query: subscription('[{ path: "id", in: [$id] }]', '($id: JSON!)'), at: ['in', '0'] },
    ];
    for (const { query, at } of operations) {
      const variables: Record<string, unknown> = query.includes('$id') ? { id: 2 ** 53 + 2 } : {};
      const { results } = await run(api.url, { query, variables });
      expect(results).toMatchObject([
        {
          errors: [
            {
              message: expect.stringContaining('compare strings') as string,
              extensions: { code: 'INVALID_INPUT', inputPath: ['filter', '0', ...at] },
            },
          ],
        },
      ]);
    }
    expect(api.subscribed()).toEqual([]);
  });

  test('in messages match no filter, and are delivered as they were published', async () => {
    await using api = await startChannelApi();
    await using client = connect(api.url);
    await using filtered = subscribe(
      client,
      subscription('[{ path: "id", in: [9007199254740991, "9007199254740993"] }]'),
    );
    await api.hasChannels('a');
    for (const id of ['9007199254740993', '9007199254740991.4', '"9007199254740993"', '9007199254740991']) {
      await api.publish('a', `{"id":${id}}`);
    }
    const payloads: string[] = [];
    while (payloads.length < 2) {
      const { data } = await filtered.next();
      payloads.push(...data!['channelMessages'].messages.map(({ payload }: { payload: string }) => payload));
    }
    expect(payloads).toEqual(['{"id":"9007199254740993"}', '{"id":9007199254740991}']);
  });

  test("are refused in a member's presence data", async () => {
    await using api = await startChannelApi();
    const { results } = await transports['WebSocket']!.run(api.url, {
      query:
        'subscription { channelMessages(cluster: "orders", channels: ["a"], presence: { member: "m", data: { ids: [9007199254740993] } }) { gap { reason } } }',
    });
    expect(results).toMatchObject([
      { errors: [{ extensions: { code: 'INVALID_INPUT', inputPath: ['presence', 'data'] } }] },
    ]);
  });

  test('of a group are null for its lag, and the highest Int for its delivery counts', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('XADD', 's', '1-1', 'f', 'v');
    await server.command('XGROUP', 'CREATE', 's', 'g', '0');
    await server.command('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>');
    await server.command('XCLAIM', 's', 'g', 'c', '0', '1-1', 'RETRYCOUNT', '9223372036854775807');
    await server.command('XGROUP', 'SETID', 's', 'g', '1-1', 'ENTRIESREAD', '1');
    await server.command('XSETID', 's', '1-1', 'ENTRIESADDED', '9223372036854775806');
    const { stream } = await api.cluster(
      'stream(name: "s") { groups { lag pending pendingEntries { nodes { entryId deliveryCount } } } }',
    );
    expect(stream.groups[0]).toEqual({
      lag: null,
      pending: 1,
      pendingEntries: { nodes: [{ entryId: '1-1', deliveryCount: 2 ** 31 - 2 }] },
    });
  });
});

describe('Infinite scores', () => {
  test('are read alike from literals, variables and defaults, also when the operation is compiled', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    await server.command('ZADD', 'z', '-inf', 'low', '0', 'zero', 'inf', 'high');
    const sortedSet = (selection: string, variables = '') =>
      `query ${variables} { cluster(name: "orders") { sortedSet(name: "z") { ${selection} } } }`;
    const ranges = {
      '{}': 3,
      '{ min: "-inf", excludeMin: true }': 2,
      '{ min: "inf" }': 1,
      '{ max: -0 }': 2,
      '{ min: "inf", max: "-inf" }': 0,
    };
    const counts = Object.keys(ranges).map((range, at) => `c${at}: count(range: ${range})`);
    const literals = sortedSet(counts.join(' '));
    const inVariable = sortedSet(
      'count(range: $range) membersByRank { nodes { score } }',
      '($range: ScoreRangeInput!)',
    );
    const byDefault = sortedSet('count(range: { min: $min })', '($min: Score! = "inf")');
    // An operation is compiled after its twentieth run.
    for (let run = 0; run < 30; run += 1) {
      const read = (await data(api.url, literals)).cluster.sortedSet;
      expect(Object.values(read)).toEqual(Object.values(ranges));
      for (const [range, count] of [
        [{}, 3],
        [{ min: '-inf', max: '-inf', excludeMin: false, excludeMax: false }, 1],
        [{ min: 0, max: 'inf', excludeMin: true, excludeMax: false }, 1],
      ]) {
        expect((await data(api.url, inVariable, { range })).cluster.sortedSet).toEqual({
          count,
          membersByRank: { nodes: [{ score: '-inf' }, { score: 0 }, { score: 'inf' }] },
        });
      }
      expect((await data(api.url, byDefault)).cluster.sortedSet).toEqual({ count: 1 });
    }
  });
});
