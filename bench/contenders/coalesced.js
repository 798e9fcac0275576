// The limit: bare sockets, each message framed once for all, all frames of one tick sent to a socket in one write.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { acceptSubscribers, messageFrame } from './bare-protocol.js';
import { openSource } from './sources.js';

const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const [, , port, kind] = process.argv;
acceptSubscribers(sockets, await openSource(kind, port), (subscribers) => {
  let due = [];
  const write = () => {
    const frames = due.length === 1 ? due[0] : Buffer.concat(due);
    due = [];
    // The bytes that ws would write, without its work per socket.
    for (const socket of subscribers) socket._socket.write(frames);
  };
  return (payload) => {
    if (due.length === 0) setImmediate(write);
    due.push(textFrame(Buffer.from(messageFrame(payload))));
  };
});
if (!sockets.address()) await once(sockets, 'listening');
process.once('disconnect', () => process.exit());
process.send({ url: `ws://127.0.0.1:${sockets.address().port}/`, pid: process.pid });

/** RFC 6455, section 5.2: final, text, unmasked; for payloads of up to 65,535 bytes. */
function textFrame(payload) {
  const header = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.from([0x81, 126, 0, 0]);
  if (header.length === 4) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
