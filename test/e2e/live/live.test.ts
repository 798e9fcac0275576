import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { startLiveApi } from '../../helpers/apis/live-api.js';
import type { TestValkey } from '../../helpers/valkey/valkey.js';

const hasSubscribers = (valkey: TestValkey, channel: string, count: number) =>
  eventually(async () => {
    expect(String(await valkey.command('PUBSUB', 'NUMSUB', channel))).toBe(`${channel},${count}`);
  });

describe('Live subscriptions over graphql-ws', () => {
  it('deliver channel messages as text, JSON and bytes, and unsubscribe when the client leaves', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await using news = subscribe(
      client,
      `subscription {
        channelMessages(cluster: "Orders", channels: ["news"], patterns: ["n*"]) {
          messages { channel pattern(encoding: HEX) payload base64: payload(valueEncoding: BASE64) json receivedAt }
          gap { reason missed }
        }
      }`,
    );
    await hasSubscribers(api.valkey, 'news', 1);
    await api.valkey.command('PUBLISH', 'news', '{"price":[1]}');
    const common = { channel: 'news', payload: '{"price":[1]}', base64: 'eyJwcmljZSI6WzFdfQ==', json: { price: [1] } };
    expect((await news.next()).data).toEqual({
      channelMessages: {
        messages: [
          { ...common, pattern: null, receivedAt: expect.any(String) as string },
          { ...common, pattern: '6e2a', receivedAt: expect.any(String) as string },
        ],
        gap: null,
      },
    });
    news.leave();
    await hasSubscribers(api.valkey, 'news', 0);
  });

  it('deliver only messages that match their filter, given in the document or by variables', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    const query = `subscription ($filter: [PayloadCondition!]) {
      channelMessages(cluster: "orders", channels: ["news"], filter: $filter) { messages { json } }
    }`;
    await using paid = subscribe(client, query, { filter: [{ path: 'order.status', in: ['PAID', null] }] });
    await using unnamed = subscribe(
      client,
      'subscription { channelMessages(cluster: "orders", channels: ["news"], filter: [{ path: "name", equals: null }]) { messages { json } } }',
    );
    await using wrong = subscribe(client, query, { filter: [{ path: 'order..status', equals: 1 }] });
    expect((await wrong.next()).errors).toMatchObject([
      { extensions: { code: 'INVALID_INPUT', inputPath: ['filter', '0', 'path'] } },
    ]);
    await hasSubscribers(api.valkey, 'news', 1);
    const messages = [{ order: { status: 'NEW' } }, { order: { status: 'PAID' } }, { name: null }];
    for (const message of messages) await api.valkey.command('PUBLISH', 'news', JSON.stringify(message));
    expect((await paid.next()).data).toEqual({ channelMessages: { messages: [{ json: messages[1] }] } });
    expect((await unnamed.next()).data).toEqual({ channelMessages: { messages: [{ json: messages[2] }] } });
  });

  it.each(['0.1', '1e-1', '0.1000000000000000055'])(
    'match decimals that are, digit for digit, the floating-point number of a filter of %s',
    async (number) => {
      await using api = await startLiveApi();
      await using client = connect(api.url);
      const filter = `[{ path: "n", equals: ${number} }]`;
      await using found = subscribe(
        client,
        `subscription { channelMessages(cluster: "orders", channels: ["news"], filter: ${filter}) { messages { payload } } }`,
      );
      await hasSubscribers(api.valkey, 'news', 1);
      for (const number of ['0.1000000000000000055', '0.10000000000000002', '0.1', '"0.1"', '0.10', '1e-1']) {
        await api.valkey.command('PUBLISH', 'news', `{"n":${number}}`);
      }
      const payloads: string[] = [];
      while (payloads.length < 3) {
        const { channelMessages } = (await found.next()).data as {
          channelMessages: { messages: { payload: string }[] };
        };
        payloads.push(...channelMessages.messages.map(({ payload }) => payload));
      }
      expect(payloads).toEqual(['{"n":0.1}', '{"n":0.10}', '{"n":1e-1}']);
    },
  );

  it('deliver stream entries, and resume after an ID', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await api.valkey.command('XADD', 'log', '1-1', 'a', '1', 'a', '2');
    await api.valkey.command('XADD', 'log', '1-2', 'b', '3');
    const query = `subscription ($after: StreamId!) {
      streamEntries(cluster: "orders", stream: "log", after: $after) {
        entries { entryId fields { name value } json }
        gap { reason }
      }
    }`;
    await using all = subscribe(client, query, { after: '0' });
    await using rest = subscribe(client, query, { after: '1-1' });
    const second = { entryId: '1-2', fields: [{ name: 'b', value: '3' }], json: { b: '3' } };
    const first = {
      entryId: '1-1',
      fields: [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
      json: { a: '2' },
    };
    expect((await all.next()).data).toEqual({ streamEntries: { entries: [first, second], gap: null } });
    expect((await rest.next()).data).toEqual({ streamEntries: { entries: [second], gap: null } });
  });

  it('deliver the entries of a consumer group', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await api.valkey.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
    await using reader = subscribe(
      client,
      `subscription {
        groupEntries(cluster: "orders", stream: "jobs", group: "workers", consumer: "a") {
          entries { entry { entryId json } deliveryCount claimed }
        }
      }`,
    );
    await api.valkey.command('XADD', 'jobs', '1-1', 'job', 'pack');
    expect((await reader.next()).data).toEqual({
      groupEntries: {
        entries: [{ entry: { entryId: '1-1', json: { job: 'pack' } }, deliveryCount: 1, claimed: false }],
      },
    });
  });

  it('deliver the entries of five writers to ten consumers of a group, each once, and leave none pending', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    const names = { cluster: 'orders', stream: 'jobs', group: 'workers' };
    await data(
      api.url,
      'mutation ($input: CreateConsumerGroupInput!) { createConsumerGroup(input: $input) { created } }',
      {
        input: names,
      },
    );
    const query = `subscription ($consumer: String!) {
      groupEntries(cluster: "orders", stream: "jobs", group: "workers", consumer: $consumer, maxInFlight: 4) {
        entries { entry { entryId } deliveryCount }
      }
    }`;
    const readers = Array.from({ length: 10 }, (_, at) => subscribe(client, query, { consumer: `reader-${at}` }));
    const seen: string[] = [];
    const work = async (reader: Subscribed): Promise<void> => {
      for (;;) {
        const result = await reader.next().catch(() => undefined);
        if (!result) return;
        const entryIds = (result.data!['groupEntries'].entries as { entry: { entryId: string } }[]).map(
          ({ entry }) => entry.entryId,
        );
        seen.push(...entryIds);
        const acknowledge = `mutation ($input: AcknowledgeEntriesInput!) {
          acknowledgeEntries(input: $input) { acknowledged userErrors { message } }
        }`;
        const answer = await data(api.url, acknowledge, { input: { ...names, entryIds, delete: true } });
        expect(answer.acknowledgeEntries).toEqual({ acknowledged: entryIds.length, userErrors: [] });
      }
    };
    const working = Promise.all(readers.map(work));
    const add = 'mutation ($input: AddStreamEntryInput!) { addStreamEntry(input: $input) { entryId } }';
    const write = async (writer: number): Promise<string[]> => {
      const written: string[] = [];
      for (let at = 0; at < 20; at += 1) {
        const fields = [{ name: 'writerId', value: String(writer) }];
        const answer = await data(api.url, add, { input: { cluster: 'orders', stream: 'jobs', fields } });
        written.push(answer.addStreamEntry.entryId as string);
      }
      return written;
    };
    const written = (await Promise.all([1, 2, 3, 4, 5].map(write))).flat();
    await eventually(async () => {
      expect(seen).toHaveLength(written.length);
      expect(String(await api.valkey.command('XLEN', 'jobs'))).toBe('0');
    });
    expect(new Set(seen)).toEqual(new Set(written));
    expect(String((await api.valkey.command('XPENDING', 'jobs', 'workers')) as unknown).split(',')[0]).toBe('0');
    for (const reader of readers) reader.leave();
    await working;
    await eventually(async () => expect(await api.valkey.command('XINFO', 'CONSUMERS', 'jobs', 'workers')).toEqual([]));
  });

  it.each([
    ['channelMessages(cluster: "orders") { gap { reason } }', 'INVALID_INPUT'],
    ['channelMessages(cluster: "orders", patterns: ["a*"], sharded: true) { gap { reason } }', 'INVALID_INPUT'],
    ['channelMessages(cluster: "orders", channels: ["x"], encoding: HEX) { gap { reason } }', 'INVALID_INPUT'],
    ['channelMessages(cluster: "nowhere", channels: ["x"]) { gap { reason } }', 'NOT_FOUND'],
    ['streamEntries(cluster: "orders", stream: "log", after: "+") { gap { reason } }', 'INVALID_INPUT'],
    ['groupEntries(cluster: "orders", stream: "s", group: "g", consumer: "c") { entries { claimed } }', 'NOT_FOUND'],
    [
      'groupEntries(cluster: "orders", stream: "s", group: "g", consumer: "c", maxInFlight: 0) { entries { claimed } }',
      'INVALID_INPUT',
    ],
    [
      'groupEntries(cluster: "orders", stream: "s", group: "g", consumer: "c", claimIdleSeconds: 0) { entries { claimed } }',
      'INVALID_INPUT',
    ],
    [
      'groupEntries(cluster: "orders", stream: "s", group: "g", consumer: "c", maxDeliveries: 3) { entries { claimed } }',
      'INVALID_INPUT',
    ],
  ])('answer %s with a clear error, and the socket stays open', async (field, code) => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await using refused = subscribe(client, `subscription { ${field} }`);
    // A refusal before the start is a result with errors; a later failure is an error of the subscription.
    const answer = await refused.next().then(JSON.stringify, String);
    expect(answer).toContain(`"code":"${code}"`);
    await using news = subscribe(
      client,
      'subscription { channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } } }',
    );
    await hasSubscribers(api.valkey, 'news', 1);
    await api.valkey.command('PUBLISH', 'news', 'on');
    expect((await news.next()).data).toEqual({ channelMessages: { messages: [{ payload: 'on' }] } });
  });
});
