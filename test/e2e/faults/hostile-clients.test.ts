import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, post, subscribe } from '../../helpers/clients/graphql-client.js';
import { startTcpProxy } from '../../helpers/valkey/tcp-proxy.js';
import { startTestApi, type TestApi } from '../../helpers/apis/test-api.js';

const handshake = [
  'GET /graphql HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  '',
  '',
].join('\r\n');
/** A client's frame with a mask of zeros. */
const frame = (opcode: number, payload: Buffer | string): Buffer => {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
};
const text = (message: object): Buffer => frame(1, JSON.stringify(message));
const initialisation = text({ type: 'connection_init' });
const initialised = [handshake, initialisation];
const ticking = text({ id: '1', type: 'subscribe', payload: { query: 'subscription { ticks { text } }' } });

/** A connection that has sent these bytes; whatever becomes of it is no error of the test. */
async function send({ port }: { port: number }, ...bytes: readonly (Buffer | string)[]): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  for (const each of bytes) socket.write(each);
  return socket;
}

/** The frames that a socket has received after its handshake: kinds and payloads, all short. */
function framesOn(socket: Socket): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let rest = Buffer.alloc(0);
  let isUpgraded = false;
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    const head = rest.indexOf('\r\n\r\n');
    if (!isUpgraded && head < 0) return;
    if (!isUpgraded) rest = rest.subarray(head + 4);
    isUpgraded = true;
    while (rest.length >= 2 && rest.length >= 2 + rest[1]!) {
      frames.push({ opcode: rest[0]! & 15, payload: rest.subarray(2, 2 + rest[1]!) });
      rest = rest.subarray(2 + rest[1]!);
    }
  });
  return frames;
}

const closeCodeIn = (frames: ReturnType<typeof framesOn>): Promise<number> =>
  eventually(() => {
    const close = frames.find(({ opcode }) => opcode === 8);
    if (!close) throw new Error('There is no close frame yet.');
    return close.payload.readUInt16BE();
  });

/** The server serves all others as if nothing had happened. */
async function servesOthers(api: TestApi): Promise<void> {
  expect((await post(api.url, '{ hello }')).data).toEqual({ hello: 'hello undefined' });
  await using client = connect(api.url);
  await using heard = subscribe(client, 'subscription { ticks { text } }');
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  expect((await heard.next()).data).toEqual({ ticks: { text: 'one' } });
}

describe('A socket', () => {
  test.each<[string, readonly (Buffer | string)[]]>([
    ['in the middle of its handshake', [handshake.slice(0, 60)]],
    ['right after its handshake', [handshake]],
    ['before its initialisation is answered', initialised],
    ['in the middle of a frame', [...initialised, ticking.subarray(0, 9)]],
    ['right after it has subscribed', [...initialised, ticking]],
    [
      'in the middle of an HTTP body',
      ['POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"query":'],
    ],
  ])('that is reset %s leaves nothing behind', async (_, bytes) => {
    await using api = await startTestApi();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => send(api, ...bytes)));
    for (const socket of sockets) socket.resetAndDestroy();
    await api.ticks.hasOpen(0);
    await servesOthers(api);
    await api.ticks.hasOpen(0);
  });

  test.each<[string, number, Buffer, boolean?]>([
    ['bytes that are no frames', 1002, Buffer.alloc(64, 0xff)],
    ['a frame without a mask', 1002, Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['a frame of an unknown kind', 1002, frame(3, 'x')],
    ['a text that is not UTF-8', 1007, frame(1, Buffer.from([0xff, 0xfe]))],
    ['a length past the limit', 1009, Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['a text that is not JSON', 4400, frame(1, 'hello')],
    ['a message of an unknown type', 4400, text({ type: 'nothing' })],
    ['a binary message', 4400, frame(2, Buffer.from([0, 1, 2]))],
    ['a subscription before its connection_init', 4401, ticking, false],
    ['two connection_init messages', 4429, text({ type: 'connection_init' })],
  ])('that sends %s is closed with %i, and releases its resources', async (_, code, bytes, isInitialised = true) => {
    await using api = await startTestApi();
    const socket = await send(api, handshake);
    const frames = framesOn(socket);
    if (isInitialised) {
      socket.write(initialisation);
      await eventually(() => expect(frames).toHaveLength(1));
      socket.write(ticking);
      await api.ticks.hasOpen(1);
    }
    socket.write(bytes);
    expect(await closeCodeIn(frames)).toBe(code);
    await api.ticks.hasOpen(0);
    await servesOthers(api);
    socket.destroy();
  });

  test('that never initialises is closed', async () => {
    await using api = await startTestApi();
    const socket = await send(api, handshake);
    expect(await closeCodeIn(framesOn(socket))).toBe(4408);
    socket.destroy();
  });

  test('whose client disappears silently is closed, and releases its resources', async () => {
    await using api = await startTestApi({ keepAliveMs: 100 });
    await using network = await startTcpProxy({ host: '127.0.0.1', port: api.port });
    await using client = connect(`http://127.0.0.1:${network.port}/graphql`);
    await using _ = subscribe(client, 'subscription { ticks { text } }');
    await api.ticks.hasOpen(1);
    network.swallow();
    await api.ticks.hasOpen(0);
    await servesOthers(api);
  });
});

describe('A server', () => {
  test('that is sent hundreds of broken requests answers the next one', async () => {
    await using api = await startTestApi();
    const requests = [
      '\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"query"`,
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `GET /graphql HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
    ];
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(
        requests.map(async (request) => {
          const socket = await send(api, request);
          socket.resume().end();
          await once(socket, 'close');
        }),
      );
    }
    await eventually(() => servesOthers(api));
  });
});
