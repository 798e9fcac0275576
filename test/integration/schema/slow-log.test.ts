import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { describeServer } from '../../helpers/valkey/described-cluster.js';
import { administrator, startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const logging = { args: ['--slowlog-log-slower-than', '0'] };
const entries = 'sequence at durationMicroseconds sizeBytes arguments client clientName';
const slowLog = async (api: DataApi, args = '(first: 1000)'): Promise<any[]> =>
  (await api.cluster(`nodes { slowLog${args} { ${entries} } }`)).nodes[0].slowLog;
const codes = (answer: Awaited<ReturnType<DataApi['run']>>) =>
  (answer.errors ?? []).map(({ originalError }) => (originalError as { code: string }).code);
const nodeId = async (api: DataApi): Promise<string> => (await api.cluster('nodes { id }')).nodes[0].id;
const reset = async (api: DataApi, input: object) => {
  const document = `mutation ($input: ResetSlowLogInput!) { resetSlowLog(input: $input) { node { name } userErrors { code path message cause } } }`;
  return (await api.data(document, { input })).resetSlowLog;
};

const hasCommandLog = async (server: TestValkey): Promise<boolean> =>
  JSON.stringify(await server.command('COMMAND', 'INFO', 'COMMANDLOG')).includes('commandlog');

/** Sends commands as a client of its own, each answered before the next, and stays connected. */
async function client(server: TestValkey, ...commands: readonly (readonly (string | Buffer)[])[]) {
  const socket = connect(server.port, server.host);
  await once(socket, 'connect');
  const login = ['AUTH', administrator.username, administrator.password];
  for (const command of [login, ...commands]) {
    const parts = command.map((arg) => {
      const bytes = Buffer.from(arg);
      return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);
    });
    socket.write(Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...parts]));
    await once(socket, 'data');
  }
  return { port: socket.localPort, [Symbol.dispose]: () => void socket.destroy() };
}

describe('The slow log of a node', () => {
  it('shows the newest commands, with bytes of any kind, shortened by the server', async () => {
    await using server = await startValkey(logging);
    await using api = openDataApi(describeServer(server));
    const long = 'x'.repeat(200);
    const many = Array.from({ length: 40 }, (_, index) => `k${index}`);
    using writer = await client(
      server,
      ['CLIENT', 'SETNAME', 'writer"</script>'],
      ['SET', 'grün', Buffer.from([0x00, 0xff, 0x0d, 0x0a])],
      ['SET', '', long],
      ['DEL', ...many],
    );

    const log = await slowLog(api);
    const find = (name: string, key: string) => log.find(({ arguments: args }) => args[0] === name && args[1] === key);
    expect(find('SET', 'grün')).toMatchObject({
      arguments: ['SET', 'grün', '\\x00\\xff\\x0d\\x0a'],
      client: `127.0.0.1:${writer.port}`,
      clientName: 'writer"</script>',
      sizeBytes: null,
      durationMicroseconds: expect.any(Number),
    });
    expect(find('SET', '').arguments[2]).toBe(`${'x'.repeat(128)}... (72 more bytes)`);
    expect(find('DEL', 'k0').arguments).toHaveLength(32);
    expect(find('DEL', 'k0').arguments.at(-1)).toBe('... (10 more arguments)');
    expect(log.map(({ sequence }) => sequence)).toEqual(log.map(({ sequence }) => sequence).toSorted((a, b) => b - a));
    expect(Math.abs(Date.parse(log[0].at) - Date.now())).toBeLessThan(60_000);
    expect(await slowLog(api, '(first: 2)')).toHaveLength(2);
    expect(codes(await api.run('{ cluster(name: "orders") { nodes { slowLog(first: 0) { at } } } }'))).toEqual([
      'INVALID_INPUT',
    ]);
  });

  it('shows no password, even of commands that Valkey refuses and logs with all arguments', async () => {
    await using server = await startValkey({ ...logging, users: { bob: 'on >s3cret ~* +@all' } });
    await using api = openDataApi(describeServer(server));
    using _client = await client(
      server,
      ['AUTH', 'bob', 's3cret'],
      ['AUTH', 'bob', 's3cret', 'more'],
      ['HELLO', '9', 'AUTH', 'bob', 's3cret'],
      ['HELLO', '3', 'AUTH', 'bob', 's3cret', 'SETNAME', 'a b'],
      ['ACL', 'SETUSER', 'bob', '>s3cret', 'nonsense'],
      ['CONFIG', 'SET', 'requirepass', 's3cret', 'nosuch', '1'],
      ['CONFIG', 'SET', 'nosuch', '1', 'requirepass', 's3cret'],
    );
    // Valkey itself shows it, or the test shows nothing.
    expect(JSON.stringify(await server.command('SLOWLOG', 'GET', '100'))).toContain('s3cret');

    const log = await slowLog(api);
    expect(log.map(({ arguments: args }) => args.slice(0, 2))).toEqual(
      expect.arrayContaining([
        ['AUTH', '(redacted)'],
        ['HELLO', '9'],
        ['ACL', 'SETUSER'],
        ['CONFIG', 'SET'],
      ]),
    );
    expect(JSON.stringify(log)).not.toContain('s3cret');
  });

  it('shows large requests and replies with their sizes if the server logs them, and is otherwise not supported', async () => {
    await using server = await startValkey(logging);
    await using api = openDataApi(describeServer(server));
    const document =
      '{ cluster(name: "orders") { nodes { slow: slowLog { at } request: slowLog(kind: LARGE_REQUEST) { at } reply: slowLog(kind: LARGE_REPLY) { at } } } }';
    if (!(await hasCommandLog(server))) {
      const answer = await api.run(document);
      expect(codes(answer)).toEqual(['NOT_SUPPORTED', 'NOT_SUPPORTED']);
      expect(answer.errors!.map(({ path }) => path!.join('.'))).toEqual([
        'cluster.nodes.0.request',
        'cluster.nodes.0.reply',
      ]);
      expect(answer.errors![0]!.message).toContain('COMMANDLOG');
      expect(answer.data.cluster.nodes[0]).toMatchObject({ request: null, reply: null, slow: expect.any(Array) });
      for (const kind of ['LARGE_REQUEST', 'LARGE_REPLY']) {
        expect(await reset(api, { nodeId: await nodeId(api), kind })).toMatchObject({
          node: null,
          userErrors: [{ code: 'NOT_SUPPORTED', path: ['input', 'kind'] }],
        });
      }
      return;
    }
    for (const kind of ['request', 'reply'])
      await server.command('CONFIG', 'SET', `commandlog-${kind}-larger-than`, '10000');
    await server.command('SET', 'large', 'x'.repeat(50_000));
    await server.command('GET', 'large');

    expect((await api.data(document)).cluster.nodes[0]).toEqual({
      slow: expect.any(Array),
      request: [{ at: expect.any(Date) }],
      reply: [{ at: expect.any(Date) }],
    });
    const [request] = await slowLog(api, '(kind: LARGE_REQUEST)');
    const [reply] = await slowLog(api, '(kind: LARGE_REPLY)');
    expect(request).toMatchObject({ durationMicroseconds: 0, arguments: ['SET', 'large', expect.any(String)] });
    expect(reply).toMatchObject({ durationMicroseconds: 0, arguments: ['GET', 'large'] });
    for (const { sizeBytes } of [request, reply]) expect(Math.abs(sizeBytes - 50_000)).toBeLessThan(200);
    expect(await reset(api, { nodeId: await nodeId(api), kind: 'LARGE_REQUEST' })).toMatchObject({ userErrors: [] });
    expect(await slowLog(api, '(kind: LARGE_REQUEST)')).toEqual([]);
    expect(await slowLog(api, '(kind: LARGE_REPLY)')).not.toEqual([]);
  });

  it('asks each connection at most once whether the server has COMMANDLOG', async () => {
    await using server = await startValkey(logging);
    await using api = openDataApi(describeServer(server));
    const refusals = (await hasCommandLog(server)) ? 0 : 1;
    const errorReplies = async () =>
      Number(/^errorstat_ERR:count=(\d+)/m.exec(String(await server.command('INFO', 'errorstats')))?.[1] ?? 0);
    for (const kind of ['SLOW', 'SLOW', 'LARGE_REQUEST', 'LARGE_REPLY']) {
      await api.run(`{ cluster(name: "orders") { nodes { slowLog(kind: ${kind}) { at } } } }`);
      expect(await errorReplies(), kind).toBe(refusals);
    }
  });

  it('is cleared by resetSlowLog', async () => {
    await using server = await startValkey(logging);
    await using api = openDataApi(describeServer(server));
    await slowLog(api);
    await server.command('CONFIG', 'SET', 'slowlog-log-slower-than', '-1');
    expect((await slowLog(api)).length).toBeGreaterThan(0);
    const id = await nodeId(api);
    expect(await reset(api, { nodeId: id })).toEqual({ node: { name: 'orders-001' }, userErrors: [] });
    expect(await slowLog(api)).toEqual([]);
    const other = Buffer.from('Cluster:orders').toString('base64');
    const gone = Buffer.from('ClusterNode:orders/nothing').toString('base64');
    for (const [wrong, code] of [
      [other, 'INVALID_INPUT'],
      ['nonsense', 'INVALID_INPUT'],
      [gone, 'NOT_FOUND'],
    ] as const) {
      expect(await reset(api, { nodeId: wrong })).toMatchObject({
        node: null,
        userErrors: [{ code, path: ['input', 'nodeId'] }],
      });
    }
  });

  it('is refused to a Valkey user without the command, while other fields answer', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -@admin' } });
    await using api = openDataApi(describeServer(server));
    const answer = await api.run('{ cluster(name: "orders") { nodes { id slowLog { at } memory { usedBytes } } } }');
    expect(codes(answer)).toEqual(['PERMISSION_DENIED']);
    expect(answer.data.cluster.nodes[0]).toMatchObject({ slowLog: null, memory: { usedBytes: expect.any(Number) } });
    expect(await reset(api, { nodeId: answer.data.cluster.nodes[0].id })).toMatchObject({
      userErrors: [{ code: 'PERMISSION_DENIED', cause: 'NOPERM', path: ['input', 'kind'] }],
    });
  });
});
