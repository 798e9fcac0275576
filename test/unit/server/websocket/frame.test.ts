import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../../../src/server/websocket/frame.js';

test('ws reads texts of every size out of their frames, among its own', async () => {
  const texts = [0, 1, 125, 126, 65_535, 65_536, 200_000].map((size) => 'é'.repeat(size / 2) + 'x'.repeat(size % 2));
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket, { socket: netSocket }) => {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      netSocket.write(textFrame(bytes.subarray(0, 3), bytes.subarray(3, 100), bytes.subarray(100)));
      socket.send('between');
    }
    socket.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read: string[] = [];
  client.on('message', (data: Buffer, isBinary) => read.push(isBinary ? 'binary' : data.toString()));
  await once(client, 'close');
  expect(read).toEqual(texts.flatMap((text) => [text, 'between']));
  server.close();
});
