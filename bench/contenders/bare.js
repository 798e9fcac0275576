// The least that delivers the same: bare ws sockets, each message sent to each as the frame that cachegraph would send.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { acceptSubscribers, messageFrame } from './bare-protocol.js';
import { openSource } from './sources.js';

const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const [, , port, kind] = process.argv;
acceptSubscribers(sockets, await openSource(kind, port), (subscribers) => (payload) => {
  const frame = messageFrame(payload);
  for (const socket of subscribers) socket.send(frame);
});
if (!sockets.address()) await once(sockets, 'listening');
process.once('disconnect', () => process.exit());
process.send({ url: `ws://127.0.0.1:${sockets.address().port}/`, pid: process.pid });
