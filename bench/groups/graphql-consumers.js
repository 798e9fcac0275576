// The same work through GraphQL: a socket a consumer, each delivery acknowledged by one mutation over it.
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [, , url, consumers, entries] = process.argv;
const subscription = `subscription ($consumer: String!) {
  groupEntries(cluster: "bench", stream: "jobs", group: "workers", consumer: $consumer, maxInFlight: 1000) {
    entries { entry { entryId fields { name value } } }
  }
}`;
const mutation = `mutation ($entryIds: [StreamId!]!) {
  acknowledgeEntries(input: { cluster: "bench", stream: "jobs", group: "workers", entryIds: $entryIds }) {
    acknowledged
    userErrors { message }
  }
}`;
const sockets = await Promise.all(Array.from({ length: Number(consumers) }, open));
let left = Number(entries);
let operations = 0;

process.once('message', () => sockets.forEach(work));
process.once('disconnect', () => process.exit());
process.send('ready');

async function open() {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  return socket;
}

function work(socket, number) {
  const run = (id, query, variables) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(data);
    if (type !== 'next') return;
    if (payload.errors) throw new Error(JSON.stringify(payload.errors));
    const { groupEntries, acknowledgeEntries } = payload.data;
    if (groupEntries) {
      const entryIds = groupEntries.entries.map(({ entry }) => entry.entryId);
      run(`ack-${operations++}`, mutation, { entryIds });
    }
    if (acknowledgeEntries) {
      if (acknowledgeEntries.userErrors.length > 0) throw new Error(acknowledgeEntries.userErrors[0].message);
      left -= acknowledgeEntries.acknowledged;
      if (left <= 0) process.send('done');
    }
  });
  run('entries', subscription, { consumer: `consumer-${number}` });
}
