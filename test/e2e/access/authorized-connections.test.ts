import { describe, expect, test } from 'vitest';
import { all, makeApiKey } from '../../helpers/access/access.js';
import { startAuthenticatedApi, startAuthentication } from '../../helpers/access/authentication.js';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../helpers/run/eventually.js';
import { subscribe } from '../../helpers/clients/graphql-client.js';
import { openRawWebSocket, type RawWebSocket } from '../../helpers/clients/raw-websocket.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports } from '../../helpers/clients/transports.js';

const ci = makeApiKey('ci', ['reader']);
const cd = makeApiKey('cd', ['reader']);
const reads = (...channels: string[]) => ({
  grants: [{ operations: ['channels:read'], clusters: ['*'], channels }],
});
const content = (changes: object = {}) => ({
  roles: { reader: reads('news', 'chat'), admin: { grants: [all] } },
  bindings: [
    { claim: 'groups', value: 'ops', roles: ['admin'] },
    { everyToken: true, roles: ['reader'] },
  ],
  apiKeys: [ci.entry, cd.entry],
  ...changes,
});

async function setUp() {
  return await startAuthenticatedApi(content());
}
/** In seconds since 1970, as in tokens. */
const inSeconds = (count: number): number => Math.ceil(Date.now() / 1000) + count;
const subscription = (channel: string) => `subscription { guarded(channel: "${channel}") { text } }`;
const streaming = Object.entries(transports).filter(([, { carries }]) => carries.includes('subscription'));
const messagesFor = (socket: RawWebSocket, id: string): unknown[] =>
  socket.messages.filter((message: { id?: string }) => message.id === id);
const forbidden = {
  message: expect.stringContaining('no longer allowed') as string,
  extensions: expect.objectContaining({ code: 'FORBIDDEN' }) as object,
};

describe.each(streaming)('over %s', (name, { run }) => {
  const isSocket = name === 'WebSocket';
  const ended = {
    errors: [{ message: 'The credentials of this stream have expired.', extensions: { code: 'UNAUTHENTICATED' } }],
  };

  test('a subscription ends when its token expires', async () => {
    await using test = await setUp();
    const authorization = await test.bearer({ exp: inSeconds(1) });
    const outcome = run(test.api.url, { query: subscription('news') }, { authorization });
    await test.api.ticks.hasOpen(1);
    expect(await outcome).toEqual(isSocket ? { results: [], refused: 4403 } : { results: [ended] });
    await test.api.ticks.hasOpen(0);
  });

  test('a subscription ends when its API key is removed from the access file; those of other keys continue', async () => {
    await using test = await setUp();
    const outcome = run(test.api.url, { query: subscription('news') }, { authorization: ci.bearer });
    const other = run(test.api.url, { query: subscription('news') }, { authorization: cd.bearer });
    await test.api.ticks.hasOpen(2);
    await test.access.write('{ broken');
    await test.access.write(content({ apiKeys: [cd.entry] }));
    expect(await outcome).toEqual(isSocket ? { results: [], refused: 4401 } : { results: [ended] });
    await test.api.ticks.hasOpen(1);
    test.api.ticks.emit({ text: 'one' });
    test.api.ticks.complete();
    expect(await other).toEqual({ results: [{ data: { guarded: { text: 'one' } } }] });
  });

  test('a subscription that the grants no longer allow ends with FORBIDDEN', async () => {
    await using test = await setUp();
    const outcome = run(test.api.url, { query: subscription('news') }, { authorization: ci.bearer });
    await test.api.ticks.hasOpen(1);
    await test.access.write(content({ roles: { reader: reads('chat'), admin: { grants: [all] } } }));
    expect(await outcome).toEqual({ results: [{ errors: [forbidden] }] });
    await test.api.ticks.hasOpen(0);
  });
});

test('subscriptions that are still allowed continue, also on the same socket', async () => {
  await using test = await setUp();
  await using socket = await openRawWebSocket(test.api.port, { authorization: ci.bearer });
  socket.subscribe('1', subscription('news'));
  socket.subscribe('2', subscription('chat'));
  await test.api.ticks.hasOpen(2);
  await test.access.write(content({ roles: { reader: reads('chat'), admin: { grants: [all] } } }));
  await eventually(() => expect(messagesFor(socket, '1')).toEqual([{ id: '1', type: 'error', payload: [forbidden] }]));
  test.api.ticks.emit({ text: 'one' });
  await eventually(() =>
    expect(messagesFor(socket, '2')).toEqual([
      { id: '2', type: 'next', payload: { data: { guarded: { text: 'one' } } } },
    ]),
  );
  // The ID of the refused one can be used again for an allowed one.
  socket.subscribe('1', subscription('chat'));
  await test.api.ticks.hasOpen(2);
});

test('results that depend on the caller follow the grants, also for an event that was rendered before', async () => {
  await using test = await setUp();
  await using socket = await openRawWebSocket(test.api.port, { authorization: ci.bearer });
  const query = 'subscription { ticks { text mayWrite } }';
  socket.subscribe('1', query);
  await test.api.ticks.hasOpen(1);
  const event = { text: 'one' };
  const answers = (id: string) =>
    messagesFor(socket, id).map((message: any) => message.payload.data.ticks.mayWrite as boolean);
  test.api.ticks.emit(event);
  await eventually(() => expect(answers('1')).toEqual([false]));
  const { registry } = test.access;
  const before = registry.rules;
  await test.access.write(content({ apiKeys: [{ ...ci.entry, roles: ['admin'] }] }));
  await eventually(() => expect(registry.rules).not.toBe(before));
  test.api.ticks.emit(event);
  await eventually(() => expect(answers('1')).toEqual([false, true]));
});

describe('A fresh token over an open socket', () => {
  const ping = (socket: RawWebSocket, authorization: string) =>
    socket.send({ type: 'ping', payload: { authorization } });
  const pongs = (socket: RawWebSocket): any[] =>
    socket.messages.filter(({ type }: { type: string }) => type === 'pong');

  test('keeps it open when the first token expires, and is not sent back', async () => {
    await using test = await setUp();
    const first = inSeconds(1);
    await using socket = await openRawWebSocket(test.api.port, { authorization: await test.bearer({ exp: first }) });
    expect(socket.messages[0]).toEqual({
      type: 'connection_ack',
      payload: { expiresAt: new Date(first * 1000).toISOString() },
    });
    socket.subscribe('1', subscription('news'));
    await test.api.ticks.hasOpen(1);
    const later = inSeconds(3600);
    ping(socket, await test.bearer({ exp: later }));
    await eventually(() =>
      expect(pongs(socket)).toEqual([
        { type: 'pong', payload: { authenticated: true, expiresAt: new Date(later * 1000).toISOString() } },
      ]),
    );
    // Another socket ends with the first token: by then this one would have ended too.
    await using witness = await openRawWebSocket(test.api.port, { authorization: await test.bearer({ exp: first }) });
    expect(await witness.closeCode).toBe(4403);
    test.api.ticks.emit({ text: 'one' });
    await eventually(() => expect(messagesFor(socket, '1')).toHaveLength(1));
  });

  test('that grants less ends the subscriptions that are no longer allowed', async () => {
    await using test = await setUp();
    const authorization = await test.bearer({ groups: ['ops'] });
    await using socket = await openRawWebSocket(test.api.port, { authorization });
    socket.subscribe('1', subscription('secret'));
    socket.subscribe('2', 'subscription { ticks { mayWrite } }');
    await test.api.ticks.hasOpen(2);
    test.api.ticks.emit({ text: 'one' });
    await eventually(() =>
      expect(messagesFor(socket, '2')).toMatchObject([{ payload: { data: { ticks: { mayWrite: true } } } }]),
    );
    ping(socket, await test.bearer());
    await eventually(() =>
      expect(messagesFor(socket, '1').at(-1)).toEqual({ id: '1', type: 'error', payload: [forbidden] }),
    );
    test.api.ticks.emit({ text: 'two' });
    await eventually(() =>
      expect(messagesFor(socket, '2').at(-1)).toMatchObject({ payload: { data: { ticks: { mayWrite: false } } } }),
    );
  });

  test('of another subject closes it with 4403', async () => {
    await using test = await setUp();
    for (const other of [await test.bearer({ sub: 'bob' }), ci.bearer]) {
      await using socket = await openRawWebSocket(test.api.port, { authorization: await test.bearer() });
      ping(socket, other);
      expect(await socket.closeCode).toBe(4403);
    }
  });

  test('that is invalid is reported, and the earlier one remains valid', async () => {
    await using test = await setUp();
    await using socket = await openRawWebSocket(test.api.port, { authorization: ci.bearer });
    ping(socket, 'Bearer nonsense');
    await eventually(() =>
      expect(pongs(socket)).toMatchObject([{ payload: { authenticated: false, code: 'UNAUTHENTICATED' } }]),
    );
    socket.subscribe('1', subscription('news'));
    await test.api.ticks.hasOpen(1);
  });
});

test('the client of graphql-ws and its subscriptions continue over three expiries of its token', async () => {
  await using test = await setUp();
  const closes: number[] = [];
  let connections = 0;
  const client = createClient({
    url: test.api.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    // Called again for each connection.
    connectionParams: async () => ({ authorization: await test.bearer({ exp: inSeconds(1) }) }),
    retryWait: () => Promise.resolve(),
    on: {
      connected: () => void (connections += 1),
      closed: (event) => void closes.push((event as { code: number }).code),
    },
  });
  await using _ = { [Symbol.asyncDispose]: async () => client.dispose() };
  await using news = subscribe(client, subscription('news'));
  await using chat = subscribe(client, subscription('chat'));
  for (let expiries = 0; expiries <= 3; expiries += 1) {
    await eventually(() => expect(closes.length).toBeGreaterThanOrEqual(expiries));
    const text = `after ${expiries}`;
    // On a busy machine, the next token may expire before both subscriptions are open.
    await eventually(() => {
      test.api.ticks.emit({ text });
      for (const { results } of [news, chat]) expect(results.at(-1)).toEqual({ data: { guarded: { text } } });
    });
  }
  expect(new Set(closes)).toEqual(new Set([4403]));
  expect(connections).toBeGreaterThan(3);
});

test('a socket whose API key expires closes with the same code as one whose token expires', async () => {
  const brief = makeApiKey('brief', ['reader'], { expiresAt: new Date(Date.now() + 1_000).toISOString() });
  const file = content({ apiKeys: [brief.entry] });
  await using authentication = await startAuthentication(file);
  await using api = await startTestApi({}, authentication.authenticator);
  await using socket = await openRawWebSocket(api.port, { authorization: brief.bearer });
  expect(await socket.closeCode).toBe(4403);
});

test('a ping without a token is answered with its payload', async () => {
  await using test = await setUp();
  await using socket = await openRawWebSocket(test.api.port, { authorization: ci.bearer });
  socket.send({ type: 'ping' });
  socket.send({ type: 'ping', payload: { mark: 1 } });
  await eventually(() =>
    expect(socket.messages.slice(1)).toEqual([{ type: 'pong' }, { type: 'pong', payload: { mark: 1 } }]),
  );
});
