import { expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { data } from '../../helpers/clients/graphql-client.js';
import { startLiveApi } from '../../helpers/apis/live-api.js';
import { readEvents, type ServerEvent } from '../../helpers/clients/streaming-responses.js';

const chat = `subscription ($history: Int) {
  channelMessages(cluster: "orders", channels: ["chat"], history: $history) { messages { cursor } gap { reason } }
}`;
const say = 'mutation { publish(input: { cluster: "orders", channel: "chat", payload: "hi" }) { cursor } }';

const cursorsOf = ({ data: text }: ServerEvent): string[] => {
  if (text === undefined) return [];
  const { messages, gap } = JSON.parse(text).data.channelMessages;
  expect(gap).toBeNull();
  return messages.map(({ cursor }: { cursor: string }) => cursor);
};

test('server-sent events of a channel with a history resume after the Last-Event-ID, while messages are published', async () => {
  await using api = await startLiveApi({ history: [{ pattern: 'chat', maxMessages: 1000 }] });
  const publish = async (): Promise<string> => (await data(api.url, say)).publish.cursor as string;
  const published: string[] = [];
  for (let at = 0; at < 5; at += 1) published.push(await publish());
  const seen: string[] = [];
  let lastEventId = '';
  /** Behaves like an EventSource: the variables stay those of the first connection. */
  const follow = async (isEnough: (events: number) => boolean): Promise<void> => {
    const query = new URLSearchParams({ query: chat, variables: JSON.stringify({ history: 3 }) });
    const headers = { accept: 'text/event-stream', ...(lastEventId !== '' && { 'last-event-id': lastEventId }) };
    let count = 0;
    for await (const event of readEvents(await fetch(`${api.url}?${query}`, { headers }))) {
      lastEventId = event.id ?? lastEventId;
      seen.push(...cursorsOf(event));
      if (event.id !== undefined && isEnough((count += 1))) break;
    }
  };

  await follow(() => true);
  expect(seen).toEqual(published.slice(2));
  let writing = true;
  const write = async (): Promise<void> => {
    while (writing) published.push(await publish());
  };
  const written = write();
  for (let connection = 0; connection < 5; connection += 1) {
    const before = published.length;
    await eventually(() => expect(published.length).toBeGreaterThan(before + 10));
    await follow((events) => events > connection);
  }
  writing = false;
  await written;
  if (seen.length < published.length - 2) await follow(() => seen.length >= published.length - 2);
  expect(seen).toEqual(published.slice(2));
});

test('a gap of a channel with a history has an id of its own, so that it is reported to an EventSource once', async () => {
  await using api = await startLiveApi({ history: [{ pattern: 'chat', maxMessages: 10 }] });
  const { cursor } = (await data(api.url, say)).publish;
  let lastEventId = '99999999999999-0';
  const next = async (): Promise<unknown> => {
    const query = new URLSearchParams({ query: chat, variables: JSON.stringify({ history: 0 }) });
    const headers = { accept: 'text/event-stream', 'last-event-id': lastEventId };
    for await (const event of readEvents(await fetch(`${api.url}?${query}`, { headers }))) {
      lastEventId = event.id ?? lastEventId;
      if (event.data !== undefined) return JSON.parse(event.data).data.channelMessages;
    }
    throw new Error('The stream ended without an event.');
  };
  expect(await next()).toEqual({ messages: [], gap: { reason: 'TRIMMED' } });
  expect(lastEventId).toBe('0-0');
  expect(await next()).toEqual({ messages: [{ cursor }], gap: null });
  expect(lastEventId).toBe(cursor);
});
