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
    for await (const keys of client.scanIterator({ COUNT })) listed += namesOf(keys).length;
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

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  void (pathname === '/pages' ? sendPage(response, searchParams.get('after') ?? '0') : send(response));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', async (task) => process.send(await tasks[task]()));
process.once('disconnect', () => process.exit());
process.send(server.address().port);

function namesOf(keys) {
  return keys.map((name) => ({ name }));
}

/** The least that a page over HTTP costs: one scan, as for a page of cachegraph, and no check of anything. */
async function sendPage(response, after) {
  const { cursor, keys } = await client.scan(after, { COUNT: 1000 });
  const nodes = namesOf(keys);
  const text = JSON.stringify({ nodes, pageInfo: { hasNextPage: cursor !== '0', endCursor: cursor } });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

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
