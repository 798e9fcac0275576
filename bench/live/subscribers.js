// Subscribers in a process of their own; they count messages, not frames, as a frame may carry several.
import { openRawWebSocket } from '../lib/raw-websocket.js';

const marker = Buffer.from(':"m');
const semicolon = ';'.charCodeAt(0);
const sockets = [];
let run = -1;
let received = 0;
let expected = Infinity;
let reached = () => undefined;
let latencies = [];

const handlers = {
  /** One subscriber for each topic named, a name as often as it has subscribers. */
  async open({ url, query, topics }) {
    const batch = 200;
    for (let at = 0; at < topics.length; at += batch) {
      await Promise.all(topics.slice(at, at + batch).map((topic) => open(url, query, topic)));
    }
    return sockets.length;
  },
  /** Counts the messages of one run from now on; `result` waits for them. Called again for the same run, it expects more of them. */
  expect(request) {
    if (request.run !== run) [received, latencies] = [0, []];
    [run, expected] = [request.run, request.messages];
  },
  async result({ withinMs }) {
    if (received < expected) {
      const all = new Promise((resolve) => (reached = resolve));
      const late = setTimeout(reached, withinMs);
      await all;
      clearTimeout(late);
    }
    const at = now();
    const sorted = Float64Array.from(latencies).sort();
    const quantile = (share) => sorted[Math.floor((sorted.length - 1) * share)];
    return { received, at, p50: quantile(0.5), p99: quantile(0.99) };
  },
  /** The first sockets read nothing any more. */
  stall({ count }) {
    for (const socket of sockets.slice(0, count)) socket.pause();
  },
  close() {
    for (const socket of sockets.splice(0)) socket.destroy();
  },
};

process.on('message', async ({ type, ...request }) => process.send((await handlers[type](request)) ?? type));

async function open(url, query, topic) {
  const { socket, send } = await openRawWebSocket(url);
  sockets.push(socket);
  send({ type: 'connection_init' });
  await new Promise((resolve, reject) => {
    const closed = () => reject(new Error(`${url} closed a socket before it was acknowledged.`));
    socket.once('close', closed);
    // A server's ping may come first.
    socket.on('data', function acknowledged(chunk) {
      if (!chunk.includes('connection_ack')) return;
      socket.off('close', closed).off('data', acknowledged);
      resolve();
    });
  });
  socket.on('data', counter());
  send({ id: '1', type: 'subscribe', payload: { query, variables: { topic } } });
}

/** Each payload starts with `m<run>,<milliseconds of publishing>;`, and may be split over two chunks. */
function counter() {
  let rest;
  return (chunk) => {
    const data = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = undefined;
    const arrived = now();
    let at = data.indexOf(marker);
    let end = 0;
    while (at >= 0) {
      end = data.indexOf(semicolon, at);
      if (end < 0) break;
      const [number, published] = data.latin1Slice(at + marker.length, end).split(',');
      if (Number(number) === run) {
        received += 1;
        latencies.push(arrived - Number(published));
      }
      at = data.indexOf(marker, end);
    }
    const from = at >= 0 ? at : Math.max(end, data.length - marker.length + 1);
    if (from < data.length) rest = Buffer.from(data.subarray(from));
    if (received >= expected) reached();
  };
}

function now() {
  return performance.timeOrigin + performance.now();
}

process.once('disconnect', () => process.exit());
process.send('ready');
