import { describe, expect, test, vi } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { startLiveApi } from '../../helpers/apis/live-api.js';
import { readEvents, readResults } from '../../helpers/clients/streaming-responses.js';

const query = `subscription ($channel: String!, $announce: Boolean!) {
  channelMessages(cluster: "orders", channels: [$channel], announce: $announce) {
    messages { payload }
    gap { reason }
    started { at cursor }
  }
}`;
const withHistory = `subscription ($history: Int) {
  channelMessages(cluster: "orders", channels: ["chat"], history: $history, announce: true) {
    messages { payload }
    started { cursor }
  }
}`;
const publish = `mutation ($channel: String!, $payload: String!) {
  publish(input: { cluster: "orders", channel: $channel, payload: $payload }) { userErrors { code } }
}`;
const started = { messages: [], gap: null, started: { at: expect.any(String), cursor: null } };
const message = (payload: string) => ({ messages: [{ payload }], gap: null, started: null });
const delivered = (result: any): any => result.data.channelMessages;

describe('A subscription that announces its start', () => {
  test('receives everything that is published after it on the same socket, 200 times of 200', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    const once = async (at: number): Promise<void> => {
      // Several subscribers share some channels.
      const channel = `c-${at % 150}`;
      await using listening = subscribe(client, query, { channel, announce: true });
      expect(delivered(await listening.next())).toEqual(started);
      await using published = subscribe(client, publish, { channel, payload: String(at) });
      await published.next();
      for (;;) {
        const { messages } = delivered(await listening.next());
        if (messages.some(({ payload }: { payload: string }) => payload === String(at))) break;
      }
    };
    await Promise.all(Array.from({ length: 200 }, (_, at) => once(at)));
  });

  test.each([
    ['text/event-stream', 'server-sent events'],
    ['multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json', 'multipart'],
  ])('receives its start over %s', async (accept) => {
    await using api = await startLiveApi();
    const leave = new AbortController();
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query, variables: { channel: 'news', announce: true } }),
      signal: leave.signal,
    });
    const results = readResults(response);
    expect(delivered((await results.next()).value)).toEqual(started);
    await data(api.url, publish, { channel: 'news', payload: 'at once' });
    expect(delivered((await results.next()).value)).toEqual(message('at once'));
    leave.abort();
  });

  test('shares the execution of each message with subscriptions that do not, which receive no start', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url);
    await using first = subscribe(client, query, { channel: 'news', announce: true });
    expect(delivered(await first.next())).toEqual(started);
    const resolve = vi.spyOn(schema.getSubscriptionType()!.getFields()['channelMessages']!, 'resolve');
    const announced = Array.from({ length: 20 }, () => subscribe(client, query, { channel: 'news', announce: true }));
    const silent = Array.from({ length: 20 }, () => subscribe(client, query, { channel: 'news', announce: false }));
    for (const each of announced) expect(delivered(await each.next())).toEqual(started);
    await using asked = subscribe(client, '{ __typename }');
    await asked.next();
    const before = resolve.mock.calls.length;
    // Sent in one or a few reads of the socket, each of which starts its subscriptions together.
    expect(before).toBeLessThan(20);
    await data(api.url, publish, { channel: 'news', payload: 'x' });
    for (const each of [first, ...announced, ...silent]) expect(delivered(await each.next())).toEqual(message('x'));
    expect(resolve.mock.calls.length).toBe(before + 1);
    for (const each of [...announced, ...silent]) await each[Symbol.asyncDispose]();
    resolve.mockRestore();
  });

  test('receives its start again when its client reconnects', async () => {
    await using api = await startLiveApi();
    await using client = connect(api.url, { retryAttempts: 3 });
    await using listening = subscribe(client, query, { channel: 'news', announce: true });
    expect(delivered(await listening.next())).toEqual(started);
    client.terminate();
    expect(delivered(await listening.next())).toEqual(started);
    await data(api.url, publish, { channel: 'news', payload: 'again' });
    expect(delivered(await listening.next())).toEqual(message('again'));
  });

  test('has an event ID before any message, and receives its start again when it resumes after that ID', async () => {
    await using api = await startLiveApi({ history: [{ pattern: 'chat', maxMessages: 100 }] });
    const say = (payload: string): Promise<unknown> => data(api.url, publish, { channel: 'chat', payload });
    for (const payload of ['1', '2', '3']) await say(payload);
    const open = async (history: number, lastEventId?: string) => {
      const leave = new AbortController();
      const variables = JSON.stringify({ history });
      const response = await fetch(`${api.url}?${new URLSearchParams({ query: withHistory, variables })}`, {
        headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
        signal: leave.signal,
      });
      const events = readEvents(response);
      return {
        async next() {
          for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) }) {
            if (event.event === 'next') return { id: event.id, ...delivered(JSON.parse(event.data!)) };
          }
        },
        leave: () => leave.abort(),
      };
    };
    // Cut right after the start: the backlog is not lost.
    const cut = await open(2);
    const { id, started: first } = await cut.next();
    cut.leave();
    expect(first.cursor).toBe(id);
    await say('4');
    const resumed = await open(2, id);
    expect(await resumed.next()).toEqual({ id, messages: [], started: { cursor: id } });
    expect((await resumed.next()).messages).toEqual(['2', '3', '4'].map((payload) => ({ payload })));
    resumed.leave();
  });

  test('receives the refusal instead of a start', async () => {
    await using api = await startLiveApi();
    await api.valkey.command('ACL', 'SETUSER', 'default', 'resetchannels', '&open');
    await using client = connect(api.url);
    await using listening = subscribe(client, query, { channel: 'secret', announce: true });
    await expect(listening.next()).rejects.toThrow('PERMISSION_DENIED');
    expect(listening.results).toEqual([]);
  });
});
