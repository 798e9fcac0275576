// The least that answers the same: node:http, one node-redis connection, the same two commands, the same JSON.
import { createServer } from 'node:http';
import { createClient } from 'redis';

const client = createClient({
  url: `redis://127.0.0.1:${process.argv[2]}`,
  commandOptions: { timeout: undefined },
  maintNotifications: 'disabled',
});
await client.connect();
const server = createServer((request, response) => {
  request.resume();
  request.once('end', async () => {
    const [value, ttl] = await Promise.all([client.get('key'), client.pTTL('key')]);
    const key = { value, ttlSeconds: ttl < 0 ? null : ttl / 1000 };
    const body = JSON.stringify({ data: { cluster: { key } } });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
}).listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}/`, pid: process.pid }));
process.once('disconnect', () => process.exit());
