import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createClient, RESP_TYPES } from '@redis/client';
import { describe, expect, it } from 'vitest';
import { all, makeApiKey, writeAccessFile } from '../../helpers/access/access.js';
import { serve } from '../../helpers/apis/served-api.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { eventually } from '../../helpers/run/eventually.js';
import { administrator, startValkey, startValkeyCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

const mutation = `mutation ($input: CreateExportInput!) {
  createExport(input: $input) { url expiresAt userErrors { code path message } }
}`;

async function order(url: string, input: object, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: mutation, variables: { input: { cluster: 'orders', match: '*', ...input } } }),
  });
  const { data, errors } = await response.json();
  return errors ? { errors } : data.createExport;
}

async function exported(url: string, input: object): Promise<any[]> {
  const { url: link, userErrors, errors } = await order(url, input);
  expect({ userErrors, errors }).toEqual({ userErrors: [], errors: undefined });
  const response = await fetch(link);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const byKey = (lines: any[]) => Object.fromEntries(lines.map(({ key, ...rest }) => [key, rest]));

/** A client that sends and receives bytes. */
async function bytesClient({ url }: TestValkey) {
  const client = createClient({ url, ...administrator });
  await client.connect();
  const send = (...args: (string | Buffer)[]) =>
    client.sendCommand(args, { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } });
  const dispose = (): void => {
    client.destroy();
  };
  return { send, [Symbol.dispose]: dispose };
}

describe('An export', () => {
  it('writes values of all types as JSON, exactly, with expiries, also if they are not UTF-8', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    using client = await bytesClient(server);
    const strange = Buffer.from([0, 255, 13, 10, 34, 92]);
    const base64 = strange.toString('base64');
    await client.send('SET', 'text', 'größe "\\\r\n\0 \u2028', 'PX', '100000');
    await client.send('SET', 'bytes', strange);
    await client.send('SET', strange, 'v');
    await client.send('SET', 'empty', '');
    await client.send('RPUSH', 'list', 'a', '', 'a');
    await client.send('RPUSH', 'list-bytes', 'a', strange);
    await client.send('SADD', 'set', 'm');
    await client.send(
      'ZADD',
      'zset',
      '-inf',
      'low',
      '0.1',
      'tenth',
      '1e300',
      'big',
      '+inf',
      'high',
      '12345678901234567',
      'n',
    );
    await client.send('HSET', 'hash', '__proto__', 'x', '', 'y');
    await client.send('HSET', 'hash-bytes', strange, 'x');
    await client.send('XADD', 'stream', '1-1', 'f', 'v', 'f', 'w');
    await client.send('XADD', 'stream-empty', '1-1', 'f', 'v');
    await client.send('XDEL', 'stream-empty', '1-1');

    const lines = await exported(api.url, {});
    const { text, ...keys } = byKey(lines);
    expect(text).toMatchObject({ type: 'STRING', value: 'größe "\\\r\n\0 \u2028' });
    expect(text.ttlMilliseconds).toBeGreaterThan(50_000);
    const plain = { ttlMilliseconds: null };
    expect(keys).toEqual({
      bytes: { ...plain, type: 'STRING', encoding: 'BASE64', value: base64 },
      [base64]: { ...plain, type: 'STRING', keyEncoding: 'BASE64', value: 'v' },
      empty: { ...plain, type: 'STRING', value: '' },
      list: { ...plain, type: 'LIST', value: ['a', '', 'a'] },
      'list-bytes': { ...plain, type: 'LIST', encoding: 'BASE64', value: ['YQ==', base64] },
      set: { ...plain, type: 'SET', value: ['m'] },
      zset: {
        ...plain,
        type: 'SORTED_SET',
        value: [
          ['low', '-inf'],
          ['tenth', 0.1],
          ['n', Number('12345678901234567')],
          ['big', 1e300],
          ['high', 'inf'],
        ],
      },
      hash: { ...plain, type: 'HASH', value: JSON.parse('{ "__proto__": "x", "": "y" }') },
      'hash-bytes': { ...plain, type: 'HASH', encoding: 'BASE64', value: { [base64]: 'eA==' } },
      stream: {
        ...plain,
        type: 'STREAM',
        value: [
          {
            id: '1-1',
            fields: [
              ['f', 'v'],
              ['f', 'w'],
            ],
          },
        ],
      },
      'stream-empty': { ...plain, type: 'STREAM', value: [] },
    });
  });

  it('writes dumps that restore to the same values', async () => {
    await using server = await startValkey();
    await using target = await startValkey();
    await using api = await serve({ orders: server });
    using from = await bytesClient(server);
    using to = await bytesClient(target);
    const strange = Buffer.from([255, 0, 10]);
    await from.send('SET', strange, strange);
    await from.send('ZADD', 'zset', '1.5', strange);
    await from.send('XADD', 'stream', '1-1', 'f', strange);
    await from.send('XGROUP', 'CREATE', 'stream', 'workers', '0');
    await from.send('HSET', 'hash', 'f', 'v');
    await from.send('PEXPIRE', 'hash', '100000');

    const lines = await exported(api.url, { format: 'DUMP' });
    expect(lines).toHaveLength(4);
    for (const { key, keyEncoding, ttlMilliseconds, value } of lines) {
      const name = Buffer.from(key, keyEncoding === 'BASE64' ? 'base64' : 'utf8');
      await to.send('RESTORE', name, String(ttlMilliseconds ?? 0), Buffer.from(value, 'base64'));
      expect(await to.send('DUMP', name)).toEqual(await from.send('DUMP', name));
    }
    expect(Number(await to.send('PTTL', 'hash'))).toBeGreaterThan(50_000);
  });

  it('writes large collections and strings in pieces, exactly', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    using client = await bytesClient(server);
    const script = (text: string) => client.send('EVAL', text, '0');
    await script('for at = 1, 30000 do redis.call("RPUSH", "list", at) end');
    await script('for at = 1, 30000 do redis.call("HSET", "hash", "f" .. at, at) end');
    await script('for at = 1, 3000 do redis.call("XADD", "stream", "1-" .. at, "f", at) end');
    await script('for at = 1, 3000 do redis.call("ZADD", "zset", at, "m" .. at) end');
    await script('for at = 1, 200 do redis.call("RPUSH", "huge", string.rep("x", 100000) .. at) end');
    const bytes = Buffer.alloc(20_000_001, Buffer.from([1, 200, 3, 255, 34]));
    await client.send('SET', 'string', bytes);
    await client.send('SET', 'half', Buffer.alloc(1_000_000, 'ä'));

    const keys = byKey(await exported(api.url, {}));
    expect(keys.list.value).toEqual(Array.from({ length: 30_000 }, (_, at) => String(at + 1)));
    expect(Object.keys(keys.hash.value)).toHaveLength(30_000);
    expect(keys.hash.value.f17).toBe('17');
    expect(keys.stream.value).toHaveLength(3000);
    expect(keys.zset.value[2999]).toEqual(['m3000', 3000]);
    expect(keys.half).toMatchObject({ value: 'ä'.repeat(500_000) });
    expect(keys.string.encoding).toBe('BASE64');
    expect(Buffer.from(keys.string.value, 'base64').equals(bytes)).toBe(true);
    // The value is too large to know beforehand whether all of it is UTF-8.
    expect(keys.huge.encoding).toBe('BASE64');
    expect(keys.huge.value.map((text: string) => Buffer.from(text, 'base64').toString().slice(100_000))).toEqual(
      Array.from({ length: 200 }, (_, at) => String(at + 1)),
    );
  });

  it('has each key of a cluster, of one type if asked, and none of this API', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = await serve({ orders: cluster });
    for (const node of cluster.primaries) {
      await node
        .command(
          'EVAL',
          'for at = 1, 3000 do pcall(redis.call, "SET", "k:" .. at, at) pcall(redis.call, "RPUSH", "l:" .. at, at) end',
          '0',
        )
        .catch(() => undefined);
    }
    const total = async () =>
      (await Promise.all(cluster.primaries.map(async (node) => Number(await node.command('DBSIZE'))))).reduce(
        (a, b) => a + b,
      );
    const stored = await total();
    expect(stored).toBe(6000);
    const lines = await exported(api.url, {});
    expect(new Set(lines.map(({ key }) => key)).size).toBe(stored);
    expect(lines.every(({ key }) => !key.startsWith('cachegraph:'))).toBe(true);
    expect(await exported(api.url, { match: 'l:*', type: 'STRING' })).toEqual([]);
  });
});

describe('The URL of an export', () => {
  it('works once, in any process, and HEAD does not use it up', async () => {
    await using server = await startValkey();
    await using one = await serve({ orders: server });
    await using other = await serve({ orders: server });
    await server.command('SET', 'k', 'v');
    const { url, expiresAt } = await order(one.url, {});
    expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${one.port}/export/orders\\.[\\w-]{43}$`));
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(50_000);
    // The record reveals neither the token nor its content.
    const [record] = (await server.command('KEYS', 'cachegraph:export:*')) as string[];
    expect(url).not.toContain(record!.split(':').at(-1)!);

    const elsewhere = url.replace(String(one.port), String(other.port));
    for (const link of [url, elsewhere]) {
      const { status, headers, body } = await ask(link, { method: 'HEAD' });
      expect({ status, body }).toEqual({ status: 200, body: '' });
      expect(headers['content-type']).toBe('application/x-ndjson');
    }
    expect((await ask(url, { method: 'POST' })).status).toBe(405);
    const { status, headers, body } = await ask(elsewhere);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    expect(headers['content-disposition']).toMatch(/^attachment; filename="orders-\d{4}-\d\d-\d\d\.jsonl"$/);
    expect(JSON.parse(body)).toEqual({ key: 'k', type: 'STRING', ttlMilliseconds: null, value: 'v' });
    for (const link of [url, elsewhere]) {
      for (const method of ['GET', 'HEAD']) expect((await ask(link, { method })).status).toBe(404);
    }
  });

  it.each([
    '',
    'x',
    'orders.',
    `orders.${'A'.repeat(43)}`,
    `none.${'A'.repeat(43)}`,
    `${'a'.repeat(100)}.${'A'.repeat(43)}`,
    '%00',
    '../graphql',
  ])('is 404 for the unknown token %j', async (token) => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    const { status, body } = await ask(`http://127.0.0.1:${api.port}/export/${token}`);
    expect(status).toBe(token === '../graphql' ? 400 : 404);
    if (status === 404) expect(JSON.parse(body).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('names the host and path by which a trusted proxy was reached', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { trustedProxies: ['127.0.0.1'] });
    const headers = {
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.example.com',
      'x-forwarded-prefix': '/cache',
    };
    expect((await order(api.url, {}, headers)).url).toMatch(/^https:\/\/api\.example\.com\/cache\/export\/orders\./);
    await using direct = await serve({ orders: server });
    expect((await order(direct.url, {}, headers)).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/export\/orders\./);
  });

  it('has the permissions of its maker at the time of use', async () => {
    await using server = await startValkey();
    const ci = makeApiKey('ci', ['role']);
    const content = (grants: object[], keys = [ci]) => ({
      roles: { role: { grants } },
      apiKeys: keys.map(({ entry }) => entry),
    });
    const read = (keys: string[]) => ({ operations: ['keys:read', 'streams:read'], clusters: ['*'], keys });
    await using access = await writeAccessFile(content([read(['session:*'])]));
    await using api = await serve({ orders: server }, { accessFile: access.path });
    const headers = { authorization: ci.bearer };
    expect((await order(api.url, { match: '*' }, headers)).errors[0].extensions.code).toBe('FORBIDDEN');

    const make = async () => (await order(api.url, { match: 'session:*' }, headers)).url as string;
    expect((await ask(await make())).status).toBe(200);
    const [narrowed, revoked] = [await make(), await make()];
    await access.write(content([read(['other:*'])]));
    await eventually(async () => {
      expect((await order(api.url, { match: 'session:*' }, headers)).errors?.[0].extensions.code).toBe('FORBIDDEN');
    });
    const refused = await ask(narrowed);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('keys:read is required');
    expect((await ask(narrowed)).status).toBe(404);
    await access.write(content([all], []));
    await eventually(async () => {
      expect((await order(api.url, {}, headers)).errors?.[0].extensions.code).toBe('UNAUTHENTICATED');
    });
    expect((await ask(revoked)).status).toBe(404);
  });

  it('refuses input that is wrong, and keys of streams without their permission', async () => {
    await using server = await startValkey();
    const reader = makeApiKey('reader', ['role']);
    const grants = [{ operations: ['keys:read'], clusters: ['*'], keys: ['*'] }];
    await using access = await writeAccessFile({ roles: { role: { grants } }, apiKeys: [reader.entry] });
    await using api = await serve({ orders: server }, { accessFile: access.path });
    const headers = { authorization: reader.bearer };
    const refused = await order(api.url, {}, headers);
    expect(refused.errors[0].message).toBe('Permission denied: streams:read is required on all keys of this cluster.');
    expect((await order(api.url, { type: 'HASH' }, headers)).userErrors).toEqual([]);
    expect((await order(api.url, { type: 'HASH', match: 'z', encoding: 'HEX' }, headers)).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['input', 'match'] },
    ]);
  });
});

describe('An export that cannot be completed', () => {
  const open = (url: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => httpRequest(url, { agent: false }, resolve).on('error', reject).end());
  const fill = (server: TestValkey) =>
    server.command('EVAL', 'for at = 1, 100000 do redis.call("SET", "k:" .. at, string.rep("x", 1000)) end', '0');
  const scans = async (server: TestValkey): Promise<number> =>
    Number(/cmdstat_scan:calls=(\d+)/.exec(String(await server.command('INFO', 'commandstats')))?.[1] ?? 0);

  it('ends its scan when the client leaves', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    await fill(server);
    const response = await open((await order(api.url, {})).url);
    response.once('data', () => response.destroy());
    // The client has read nothing since, so that few keys were scanned.
    let before = -1;
    await eventually(async () => {
      const now = await scans(server);
      const isStill = now === before;
      before = now;
      if (!isStill) throw new Error('It is still scanning.');
    });
    expect(before).toBeLessThan(100);
  });

  it('ends its scan when the client stops reading, and cuts the connection', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits: { stallTimeoutMs: 300 } });
    await fill(server);
    const response = await open((await order(api.url, {})).url);
    await eventually(() => expect(response.readableLength).toBeGreaterThan(0));
    // The metric counts the export when it has ended.
    await eventually(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${api.port}/metrics`)).text();
      expect(metrics).toContain('kind="export"');
    });
    expect(await scans(server)).toBeLessThan(150);
    await expect(read(response)).rejects.toThrow('aborted');
  });

  it('has an error as its last line, and is cut', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    await fill(server);
    const response = await open((await order(api.url, {})).url);
    response.once('data', () => {
      response.pause();
      void server.kill().then(() => response.resume());
    });
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await expect(new Promise((resolve, reject) => response.on('end', resolve).on('error', reject))).rejects.toThrow(
      'aborted',
    );
    expect(response.complete).toBe(false);
    const last = JSON.parse(text.trimEnd().split('\n').at(-1)!);
    expect(last).toEqual({
      error: { code: expect.stringMatching(/CLUSTER_UNAVAILABLE|TIMEOUT/), message: expect.any(String) },
    });
  });

  it('is refused with 429 beyond the limit, without using up the URL', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits: { maxExports: 1 } });
    await fill(server);
    const running = await open((await order(api.url, {})).url);
    const { url } = await order(api.url, { match: 'none' });
    const refused = await ask(url);
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.body).errors[0].extensions).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 'maxExports',
    });
    running.destroy();
    await eventually(async () => expect((await ask(url)).status).toBe(200));
  });

  it('is refused with 429 beyond the limit, also if several begin at the same moment', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits: { maxExports: 1 } });
    await fill(server);
    const urls: string[] = [];
    for (let made = 0; made < 3; made += 1) urls.push((await order(api.url, {})).url);
    const responses = await Promise.all(urls.map((url) => open(url)));
    expect(responses.map(({ statusCode }) => statusCode).sort()).toEqual([200, 429, 429]);
    const refused = urls.filter((_, at) => responses[at]?.statusCode === 429);
    for (const response of responses) response.destroy();
    await eventually(async () => expect((await ask(refused[0]!, { method: 'HEAD' })).status).toBe(200));
  });

  it('is not cut while the client reads slowly, however much is written to it at once', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits: { stallTimeoutMs: 1_000 } });
    // So much of each key that those of one batch are more than the buffers of both sockets hold.
    await server.command('EVAL', 'for at = 1, 250 do redis.call("SET", "k:" .. at, string.rep("x", 48000)) end', '0');
    const response = await open((await order(api.url, {})).url);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      response.pause();
      setTimeout(() => response.resume(), 15);
    });
    await new Promise((resolve, reject) => response.on('end', resolve).on('error', reject));
    expect(bytes).toBeGreaterThan(12_000_000);
  });

  const read = async (response: IncomingMessage): Promise<void> => {
    for await (const chunk of response) expect(chunk).toBeDefined();
  };
});
