import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { listen } from '../../helpers/clients/event-stream.js';
import { startLiveApi } from '../../helpers/apis/live-api.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { readResults } from '../../helpers/clients/streaming-responses.js';

const accepts = ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0', 'multipart/mixed', '*/*'];

const entries = (name: string) =>
  `subscription Take($stream: String! = "jobs") {
    ${name}groupEntries(cluster: "orders", stream: $stream, group: "workers", consumer: "a") { entries { claimed } }
  }`;
const messages = 'subscription S($who: PresenceInput) { channelMessages(cluster: "orders", channels: ["chat"]';

/** Subscriptions that change state, written in different ways. */
const changing: readonly (readonly [string, string, object | undefined])[] = [
  ['the entries of a group', entries(''), undefined],
  ['the same with an alias', entries('alias: '), { stream: 'jobs' }],
  [
    'the same in a fragment',
    'subscription { ...F } fragment F on Subscription { ... { groupEntries(cluster: "orders", stream: "jobs", group: "workers", consumer: "a") { entries { claimed } } } }',
    undefined,
  ],
  [
    'presence in the document',
    'subscription { channelMessages(cluster: "orders", channels: ["chat"], presence: { member: "ada" }) { gap { reason } } }',
    undefined,
  ],
  ['presence in a variable', `${messages}, presence: $who) { gap { reason } } }`, { who: { member: 'ada' } }],
  [
    'presence in the default of a variable',
    `${messages.replace('PresenceInput', 'PresenceInput = { member: "ada" }')}, presence: $who) { gap { reason } } }`,
    undefined,
  ],
];

const urlOf = (url: string, query: string, variables?: object) =>
  `${url}?${new URLSearchParams({ query, ...(variables && { variables: JSON.stringify(variables) }) })}`;

describe('A GET request is refused and changes nothing for', () => {
  test.each(changing)('%s', async (_, query, variables) => {
    await using api = await startLiveApi({ presence: [{ pattern: 'chat' }] });
    await api.valkey.command('XADD', 'jobs', '*', 'f', 'v');
    await api.valkey.command('XGROUP', 'CREATE', 'jobs', 'workers', '0');
    for (const accept of accepts) {
      const { status, headers, body } = await ask(urlOf(api.url, query, variables), { headers: { accept } });
      expect([status, headers['allow']]).toEqual([405, 'POST']);
      expect(body).toContain('POST');
    }
    expect(await api.valkey.command('XPENDING', 'jobs', 'workers')).toEqual([0, null, null, null]);
    expect(await api.valkey.command('XINFO', 'CONSUMERS', 'jobs', 'workers')).toEqual([]);
    expect(await api.valkey.command('KEYS', 'cachegraph:*')).toEqual([]);
  });
});

test('an EventSource can subscribe by GET to a stream, and to a channel without presence', async () => {
  await using api = await startLiveApi({ presence: [{ pattern: 'chat' }] });
  await api.valkey.command('XADD', 'jobs', '1-1', 'f', 'v');
  const followed = `${messages}, presence: $who) { gap { reason } } }`;
  for (const variables of [undefined, { who: null }]) {
    const leave = new AbortController();
    const response = await fetch(urlOf(api.url, followed, variables), {
      headers: { accept: 'text/event-stream' },
      signal: leave.signal,
    });
    expect(response.status).toBe(200);
    leave.abort();
  }
  const query = 'subscription { streamEntries(cluster: "orders", stream: "jobs", after: "0") { entries { entryId } } }';
  await using stream = await listen(urlOf(api.url, query));
  expect(await stream.next()).toMatchObject({ data: { streamEntries: { entries: [{ entryId: '1-1' }] } } });
});

test('a subscription by POST may claim entries of a group', async () => {
  await using api = await startLiveApi();
  await api.valkey.command('XADD', 'jobs', '1-1', 'f', 'v');
  await api.valkey.command('XGROUP', 'CREATE', 'jobs', 'workers', '0');
  const leave = new AbortController();
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: entries('') }),
    signal: leave.signal,
  });
  const { value } = await readResults(response).next();
  expect(value).toMatchObject({ data: { groupEntries: { entries: [{ claimed: false }] } } });
  leave.abort();
});

test('the schema declares each field that changes state', () => {
  const declared = [schema.getQueryType()!, schema.getSubscriptionType()!].flatMap((type) =>
    Object.values(type.getFields()).flatMap(({ name, extensions }) =>
      'changesState' in extensions ? [[name, extensions['changesState']]] : [],
    ),
  );
  expect(declared).toEqual([
    ['channelMessages', 'presence'],
    ['groupEntries', true],
  ]);
});
