// The least that answers the same: node:http, one node-redis connection, the same commands by hand, the same JSON.
import { createServer } from 'node:http';
import { createClient } from 'redis';

const client = createClient({
  url: `redis://127.0.0.1:${process.argv[2]}`,
  commandOptions: { timeout: undefined },
  maintNotifications: 'disabled',
});
await client.connect();

const ttlSeconds = (milliseconds) => (milliseconds < 0 ? null : milliseconds / 1000);

async function oneKey() {
  const [value, ttl] = await Promise.all([client.get('key:0'), client.pTTL('key:0')]);
  return { data: { cluster: { key: { value, ttlSeconds: ttlSeconds(ttl) } } } };
}

async function hundredKeys({ variables: { names } }) {
  // One MGET and a PTTL for each, in one pipeline: what cachegraph sends.
  const [values, ...ttls] = await Promise.all([client.mGet(names), ...names.map((name) => client.pTTL(name))]);
  const keysByName = values.map((value, at) => ({ type: 'STRING', value, ttlSeconds: ttlSeconds(ttls[at]) }));
  return { data: { cluster: { keysByName } } };
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.once('end', async () => {
    const answer = request.url === '/one' ? await oneKey() : await hundredKeys(JSON.parse(Buffer.concat(chunks)));
    const body = JSON.stringify(answer);
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
}).listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}`, pid: process.pid }));
process.once('disconnect', () => process.exit());
