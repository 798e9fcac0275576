import { createClient } from '@redis/client';
import { describe, expect, it } from 'vitest';
import { openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { eventually } from '../../helpers/run/eventually.js';
import { listenTo } from '../../helpers/valkey/listening.js';
import { realtimeOn } from '../../helpers/valkey/realtime.js';
import { administrator, startValkey, startValkeyCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

const codes = (answer: Awaited<ReturnType<DataApi['run']>>) =>
  (answer.errors ?? []).map(({ originalError }) => (originalError as { code: string }).code);

/** A client that is connected under a name until it is disposed. */
async function connected(server: TestValkey, name: string) {
  const client = createClient({
    url: server.url,
    ...administrator,
    name,
    clientInfoTag: 'of-a-test',
    socket: { reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}

const page = async (api: DataApi, args: string, fields = 'clientId'): Promise<any> =>
  (
    await api.cluster(
      `nodes { clients(${args}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } edges { cursor } } }`,
    )
  ).nodes[0].clients;
const all = 'id clientId address name user library database ageSeconds idleSeconds flags lastCommand memoryBytes isOwn';
const kill = async (api: DataApi, input: object): Promise<any> => {
  const document = `mutation ($input: KillClientInput!) { killClient(input: $input) { killed killedId userErrors { code path message } } }`;
  return (await api.data(document, { input })).killClient;
};

describe('The clients of a node', () => {
  it('are listed with their names and commands, whatever these contain', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    using client = await connected(server, 'id=7,user=admin"\\');
    await client.sendCommand(['SELECT', '3']);
    await client.sendCommand(['GET', 'a']);

    const { nodes } = await page(api, 'first: 1000', all);
    expect(nodes.find((one: any) => one.name?.startsWith('id=7'))).toEqual({
      id: expect.any(String),
      clientId: Number(await client.sendCommand(['CLIENT', 'ID'])),
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      name: 'id=7,user=admin"\\\\',
      user: administrator.username,
      library: 'node-redis(of-a-test)',
      database: 3,
      ageSeconds: expect.any(Number),
      idleSeconds: expect.any(Number),
      flags: ['N'],
      lastCommand: 'get',
      memoryBytes: expect.any(Number),
      isOwn: false,
    });
    expect(nodes.filter(({ isOwn }: any) => isOwn)).toMatchObject([
      { name: expect.stringMatching(/^cachegraph-[0-9a-f]{8}$/), lastCommand: 'client|list', user: 'default' },
    ]);
  });

  it('are found in pages, of which none repeats or omits one that stays, while others come and leave', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const staying = await Promise.all(Array.from({ length: 9 }, (_, index) => connected(server, `staying-${index}`)));
    let leaving = await connected(server, 'leaving');
    const found: (string | null)[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo, edges }: any = await page(
        api,
        `first: 2, after: ${JSON.stringify(after)}`,
        'clientId name',
      );
      found.push(...nodes.map(({ name }: any) => name));
      expect(Buffer.from(edges.at(-1).cursor, 'base64url').toString()).not.toMatch(/127|localhost/);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      leaving.destroy();
      leaving = await connected(server, 'leaving');
      expect(found.length, 'pages end').toBeLessThan(100);
    } while (after !== null && found.length < 20);
    expect(found.filter((name) => name?.startsWith('staying')).toSorted()).toEqual(
      staying.map((_, index) => `staying-${index}`),
    );
    for (const client of [...staying, leaving]) client.destroy();
    for (const args of ['first: 0', 'first: 1001', 'after: "bmFtZTo"', `after: "${after}x"`]) {
      const answer = await api.run(`{ cluster(name: "orders") { nodes { clients(${args}) { nodes { id } } } } }`);
      expect(codes(answer), args).toEqual(['INVALID_INPUT']);
    }
  });

  it('have global IDs, which find them until they leave', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    using client = await connected(cluster.primaries[1]!, 'found');
    const { nodes } = await api.cluster('nodes { clients(first: 1000) { nodes { id name clientId } } }');
    const listed = nodes.flatMap(({ clients }: any) => clients.nodes);
    expect(new Set(listed.map(({ id }: any) => id)).size).toBe(listed.length);
    const { id } = listed.find(({ name }: any) => name === 'found');
    const find = 'query ($id: ID!) { node(id: $id) { id ... on ConnectedClient { name } } }';
    expect(await api.data(find, { id })).toEqual({ node: { id, name: 'found' } });
    client.destroy();
    await eventually(async () => expect(await api.data(find, { id })).toEqual({ node: null }));
    for (const text of ['orders/127.0.0.1:1/5', 'orders/x', 'orders', 'none/a/1', 'orders/a/1e3']) {
      const other = Buffer.from(`ConnectedClient:${text}`).toString('base64');
      expect(await api.data(find, { id: other })).toEqual({ node: null });
    }
  });
});

describe('killClient', () => {
  it('closes the connection of one client, and says so if there is none', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    using client = await connected(server, 'victim');
    using other = await connected(server, 'other');
    const nodeId = (await api.cluster('nodes { id }')).nodes[0].id;
    const { id, clientId } = (await page(api, 'first: 1000', 'id name clientId')).nodes.find(
      ({ name }: any) => name === 'victim',
    );
    expect(await kill(api, { nodeId, clientId })).toEqual({ killed: true, killedId: id, userErrors: [] });
    await eventually(() => expect(client.isOpen).toBe(false));
    expect(await other.sendCommand(['PING'])).toBe('PONG');
    for (const [wrong, code] of [
      [clientId, 'NOT_FOUND'],
      [9_007_199_254_740_991, 'NOT_FOUND'],
      [0, 'INVALID_INPUT'],
      [-1, 'INVALID_INPUT'],
    ]) {
      expect(await kill(api, { nodeId, clientId: wrong })).toMatchObject({
        killed: null,
        killedId: null,
        userErrors: [{ code, path: ['input', 'clientId'] }],
      });
    }
  });

  it('refuses the connections of this API itself: for commands, subscriptions and blocking reads', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await using realtime = realtimeOn(server);
    const request = { cluster: 'orders', patterns: [], sharded: false, overflow: 'DROP_OLDEST' } as const;
    using _messages = listenTo(realtime.channelMessages({ ...request, channels: [Buffer.from('news')] }));
    using _entries = listenTo(realtime.streamEntries({ cluster: 'orders', stream: Buffer.from('jobs'), after: '$' }));
    const own = await eventually(async () => {
      const { nodes } = await page(api, 'first: 1000', 'clientId isOwn lastCommand');
      const found = nodes.filter(({ isOwn }: any) => isOwn);
      const commands = found.map(({ lastCommand }: any) => lastCommand);
      expect(commands).toEqual(expect.arrayContaining(['client|list', 'subscribe', 'xread']));
      return found;
    });
    const nodeId = (await api.cluster('nodes { id }')).nodes[0].id;
    for (const { clientId } of own) {
      expect(await kill(api, { nodeId, clientId })).toMatchObject({
        killed: null,
        userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'clientId'] }],
      });
    }
    expect((await page(api, 'first: 1000', 'isOwn')).nodes.filter(({ isOwn }: any) => isOwn)).toHaveLength(own.length);
  });

  it('is refused to a Valkey user who may not, with the error of Valkey', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -client|kill' } });
    await using api = openDataApi(describeServer(server));
    using client = await connected(server, 'victim');
    const nodeId = (await api.cluster('nodes { id }')).nodes[0].id;
    const clientId = Number(await client.sendCommand(['CLIENT', 'ID']));
    expect(await kill(api, { nodeId, clientId })).toMatchObject({
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'clientId'] }],
    });
    expect(await client.sendCommand(['PING'])).toBe('PONG');
  });
});
