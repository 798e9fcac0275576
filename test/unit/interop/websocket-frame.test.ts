import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../../src/interop/websocket-frame.js';

test('frames of every length can be written between the messages and pings of ws', async () => {
  const texts = [0, 1, 125, 126, 65_535, 65_536, 200_000].map((size) => 'é'.repeat(size / 2) + 'x'.repeat(size % 2));
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket, { socket: netSocket }) => {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      socket.send('long'.repeat(20_000));
      netSocket.write(textFrame(bytes.subarray(0, 3), bytes.subarray(3, 100), bytes.subarray(100)));
      socket.ping();
    }
    socket.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: string[] = [];
  client.on('message', (data: Buffer, isBinary) => received.push(isBinary ? 'binary' : data.toString()));
  client.on('ping', () => received.push('ping'));
  const [code] = await once(client, 'close');
  expect(received).toEqual(texts.flatMap((text) => ['long'.repeat(20_000), text, 'ping']));
  expect(code).toBe(1005);
  server.close();
});
