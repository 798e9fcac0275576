import { expect, test } from 'vitest';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { openRawWebSocket } from '../../helpers/clients/raw-websocket.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

const requestId = expect.any(String) as string;
const ticks = 'subscription { ticks { text } }';
const next = (id: string, text: string) => ({ id, type: 'next', payload: { data: { ticks: { text } } } });

/** The messages for one operation, once the server has answered a later ping. */
async function messagesFor(socket: Awaited<ReturnType<typeof openRawWebSocket>>, id: string): Promise<unknown[]> {
  const payload = { mark: socket.messages.length };
  socket.send({ type: 'ping', payload });
  await eventually(() => expect(socket.messages).toContainEqual({ type: 'pong', payload }));
  return socket.messages.filter((message: { id?: string }) => message.id === id);
}

test('a subscription that is completed in the same packet is released without a message', async () => {
  await using api = await startTestApi();
  await using socket = await openRawWebSocket(api.port);
  for (let round = 0; round < 3; round += 1) {
    socket.subscribe('1', ticks);
    socket.send({ id: '1', type: 'complete' });
  }
  socket.subscribe('2', ticks);
  await messagesFor(socket, '2');
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  expect(await messagesFor(socket, '2')).toEqual([next('2', 'one')]);
  expect(await messagesFor(socket, '1')).toEqual([]);
});

test('an ID can be used again when its subscription has ended, whichever side ended it', async () => {
  await using api = await startTestApi();
  await using socket = await openRawWebSocket(api.port);
  socket.subscribe('1', ticks);
  await api.ticks.hasOpen(1);
  socket.send({ id: '1', type: 'complete' });
  await api.ticks.hasOpen(0);
  socket.subscribe('1', ticks);
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  api.ticks.complete();
  expect(await messagesFor(socket, '1')).toEqual([next('1', 'one'), { id: '1', type: 'complete' }]);
  socket.subscribe('1', ticks);
  await api.ticks.hasOpen(1);
  api.ticks.fail(new ExpectedFailure('PERMISSION_DENIED', 'Revoked.'));
  const payload = [{ message: 'Revoked.', extensions: { code: 'PERMISSION_DENIED', requestId } }];
  expect((await messagesFor(socket, '1')).slice(2)).toEqual([{ id: '1', type: 'error', payload }]);
  expect(api.ticks.open.size).toBe(0);
});

test.each([1, 200])(
  'an ID of length %d that is in use closes the socket with 4409 and releases its subscriptions',
  async (length) => {
    const id = 'x'.repeat(length);
    await using api = await startTestApi();
    await using socket = await openRawWebSocket(api.port);
    socket.subscribe(id, ticks);
    await api.ticks.hasOpen(1);
    socket.subscribe(id, ticks);
    expect(await socket.closeCode).toBe(4409);
    await api.ticks.hasOpen(0);
  },
);

test('a client that answers no pings is disconnected, and one that answers stays', async () => {
  await using api = await startTestApi({ keepAliveMs: 50 });
  await using silent = await openRawWebSocket(api.port);
  await using client = connect(api.url);
  silent.subscribe('1', ticks);
  await using heard = subscribe(client, ticks);
  await api.ticks.hasOpen(2);
  await expect(silent.closeCode).rejects.toThrow('without a close frame');
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  expect((await heard.next()).data).toEqual({ ticks: { text: 'one' } });
});

test.each([
  ['completes', [{ id: '1', type: 'complete' }]],
  [
    'fails',
    [{ id: '1', type: 'error', payload: [{ message: 'Not now.', extensions: { code: 'NOT_CONNECTED', requestId } }] }],
  ],
] as const)('a source that %s as soon as it is opened is reported once', async (how, messages) => {
  await using api = await startTestApi();
  await using socket = await openRawWebSocket(api.port);
  for (const delay of [0, 1, 2, 5, 10]) {
    api.ticks.whenOpened = (listener) => {
      // In each of the microtasks between the opening and the end of the message's handling by graphql-ws.
      const end = (left: number): void => {
        if (left > 0) queueMicrotask(() => end(left - 1));
        else if (how === 'completes') listener.complete();
        else listener.error(new ExpectedFailure('NOT_CONNECTED', 'Not now.'));
      };
      end(delay + 1);
    };
    const before = (await messagesFor(socket, '1')).length;
    socket.subscribe('1', ticks);
    await eventually(async () => expect((await messagesFor(socket, '1')).length).toBeGreaterThan(before));
    expect((await messagesFor(socket, '1')).slice(before)).toEqual(messages);
    expect(api.ticks.open.size).toBe(0);
  }
});
