// A thousand subscribers in a process of their own; they count messages, not frames, as a frame may carry several.
import { WebSocket } from 'ws';

const payload = {
  query: 'subscription { channelMessages(cluster: "bench", channels: ["bench"]) { messages { payload } } }',
};
const marker = Buffer.from('"payload":"m');
const sockets = [];
let received = 0;
let expected = Infinity;
let reached = () => undefined;
let latencies = [];

process.on('message', async ({ type, ...request }) => {
  if (type === 'open') {
    await Promise.all(Array.from({ length: request.count }, () => open(request.url)));
    process.send('open');
  }
  if (type === 'expect') {
    received = 0;
    latencies = [];
    expected = request.messages;
    const all = new Promise((resolve) => (reached = resolve));
    process.send('expecting');
    const late = setTimeout(reached, request.withinMs);
    await all;
    clearTimeout(late);
    latencies.sort((a, b) => a - b);
    const at = (share) => latencies[Math.floor((latencies.length - 1) * share)];
    process.send({ received, at: Date.now(), p50: at(0.5), p99: at(0.99) });
  }
  if (type === 'close') {
    for (const socket of sockets.splice(0)) socket.terminate();
    process.send('closed');
  }
});

function open(url) {
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.once('message', () => {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      socket.on('message', count);
      resolve();
    });
  });
}

/** Each payload starts with `m<milliseconds of publishing>;`. */
function count(data) {
  for (let at = data.indexOf(marker); at >= 0; at = data.indexOf(marker, at + marker.length)) {
    received += 1;
    const start = at + marker.length;
    latencies.push(Date.now() - Number(data.toString('latin1', start, data.indexOf(59, start))));
  }
  if (received >= expected) reached();
}

process.once('disconnect', () => process.exit());
process.send('ready');
