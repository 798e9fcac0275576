// The least that does the same as cachegraph: node-redis loops over SCAN, and a plain HTTP server that streams an export.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient } from 'redis';

const [, , port, count] = process.argv;
const client = await createClient({
  url: `redis://127.0.0.1:${port}`,
  commandOptions: { timeout: undefined },
  maintNotifications: 'disabled',
}).connect();
const COUNT = Number(count);

const tasks = {
  async delete() {
    let deleted = 0;
    for await (const keys of client.scanIterator({ MATCH: 'k:*', COUNT })) {
      if (keys.length > 0) deleted += await client.unlink(keys);
    }
    return deleted;
  },
  async list() {
    let listed = 0;
    for await (const keys of client.scanIterator({ COUNT })) listed += keys.length;
    return listed;
  },
  /** With the type of each key, which GraphQL has to know. */
  async listTypes() {
    let listed = 0;
    for await (const keys of client.scanIterator({ COUNT })) {
      listed += (await Promise.all(keys.map((key) => client.type(key)))).length;
    }
    return listed;
  },
};

const server = createServer((_request, response) => void send(response)).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', async (task) => process.send(await tasks[task]()));
process.once('disconnect', () => process.exit());
process.send(server.address().port);

async function send(response) {
  for await (const keys of client.scanIterator({ MATCH: 'k:*', COUNT })) {
    const types = await Promise.all(keys.map((key) => client.type(key)));
    const values = await Promise.all(
      keys.map((key, at) =>
        Promise.all([types[at] === 'hash' ? client.hGetAll(key) : client.get(key), client.pTTL(key)]),
      ),
    );
    const lines = keys.map((key, at) => {
      const [value, ttlMilliseconds] = values[at];
      return `${JSON.stringify({ key, type: types[at], ttlMilliseconds, value })}\n`;
    });
    if (!response.write(lines.join(''))) await once(response, 'drain');
  }
  response.end();
}
