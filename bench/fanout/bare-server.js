// The least that delivers the same: bare ws sockets, each message sent to each as the frame that cachegraph would send.
import { createClient } from 'redis';
import { WebSocketServer } from 'ws';

const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
sockets.on('connection', (socket) => socket.on('message', () => socket.send('{"type":"connection_ack"}')));
const client = createClient({ url: `redis://127.0.0.1:${process.argv[2]}`, maintNotifications: 'disabled' });
await client.connect();
await client.subscribe('bench', (payload) => {
  const result = { data: { channelMessages: { messages: [{ payload }] } } };
  const frame = JSON.stringify({ id: '1', type: 'next', payload: result });
  for (const socket of sockets.clients) socket.send(frame);
});
process.once('disconnect', () => process.exit());
process.send({ url: `ws://127.0.0.1:${sockets.address().port}/`, pid: process.pid });
