import { describe, expect, it } from 'vitest';
import type { Command, Reply } from '../../../../src/datasources/valkey/interfaces.js';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

interface Listed {
  readonly names: string[];
  readonly pages: string[][];
  readonly cursors: string[];
}

async function listAll(
  api: DataApi,
  args: string,
  between?: (page: number) => Promise<unknown>,
  from: string | null = null,
): Promise<Listed> {
  const pages: string[][] = [];
  const cursors: string[] = [];
  let after = from;
  do {
    const { cluster } = await api.data(
      `query ($after: String) { cluster(name: "orders") { keys(after: $after, ${args}) {
        nodes { name type } pageInfo { hasNextPage endCursor } scanned
      } } }`,
      { after },
    );
    const { nodes, pageInfo } = cluster.keys;
    pages.push(namesOf(nodes));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    if (after !== null) cursors.push(after);
    await between?.(pages.length);
  } while (after !== null);
  return { names: pages.flat(), pages, cursors };
}

const namesOf = (nodes: unknown) => (nodes as { name: string }[]).map(({ name }) => name);
const distinct = (names: readonly string[]) => [...new Set(names)].toSorted();

describe('listing keys', () => {
  it('lists each of 20,000 keys of a cluster, none twice on a page, without a host in any cursor', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const commands = await api.connections.commands('orders');
    const names = Array.from({ length: 20_000 }, (_, index) => `key-${index}`);
    await Promise.all(names.map((name) => commands.send({ args: ['SET', name, ''], key: Buffer.from(name) })));

    const { names: listed, pages, cursors } = await listAll(api, 'first: 1000');
    expect(distinct(listed)).toEqual(names.toSorted());
    for (const page of pages) expect(new Set(page).size).toBe(page.length);
    for (const cursor of cursors) {
      expect(Buffer.from(cursor, 'base64url').toString()).not.toMatch(/127\.0\.0\.1|localhost/);
    }
  });

  it('continues exactly where a page ended, for any page size, and after any key', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    // As many as a table holds at rest: while it is resized, the same scan has other replies.
    const names = Array.from({ length: 500 }, (_, index) => `key-${index}`);
    await server.command('MSET', ...names.flatMap((name) => [name, '']));

    for (const first of [1, 7, 1000]) {
      const { names: listed } = await listAll(api, `first: ${first}`);
      expect(listed.toSorted()).toEqual(names.toSorted());
    }
    const { keys } = await api.cluster(
      'keys(first: 20) { edges { cursor node { name } } pageInfo { startCursor endCursor } }',
    );
    expect(keys.pageInfo.startCursor).toBe(keys.edges[0].cursor);
    const { cluster } = await api.data(
      'query ($after: String) { cluster(name: "orders") { keys(first: 1000, after: $after) { nodes { name } } } }',
      {
        after: keys.edges[4].cursor,
      },
    );
    expect(cluster.keys.nodes).toHaveLength(495);
  });

  it('returns a page with all cursors whose size grows linearly', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', ...Array.from({ length: 1000 }, (_, index) => [`k${index}`, '']).flat());
    await server.command('HSET', 'h', ...Array.from({ length: 1000 }, (_, index) => [`k${index}`, '']).flat());
    for (const [field, path] of [
      ['keys(first: 1000, match: "k*", maxScanned: 10000)', 'keys'],
      ['hash(name: "h") { fields(first: 1000, match: "k*")', 'hash'],
    ] as const) {
      const end = path === 'hash' ? '}' : '';
      const answer = await api.cluster(`${field} { edges { cursor } pageInfo { startCursor endCursor } } ${end}`);
      const { edges, pageInfo } = path === 'hash' ? answer.hash.fields : answer.keys;
      expect(edges.length).toBeGreaterThanOrEqual(950);
      expect(JSON.stringify(edges).length).toBeLessThan(200_000);
      expect(pageInfo).toEqual({ startCursor: edges[0].cursor, endCursor: edges.at(-1).cursor });
      expect(new Set(edges.map(({ cursor }: { cursor: string }) => cursor)).size).toBe(edges.length);
    }
  });

  it.each([
    ['keys', 'keys(first: 300, match: "k*"', ''],
    ['fields of a small hash', 'hash(name: "small") { fields(first: 300', '}'],
    ['fields of a large hash', 'hash(name: "large") { fields(first: 300, match: "k*"', '}'],
  ])('continues exactly after the cursor of any edge: %s', async (_, field, end) => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const pairs = Array.from({ length: 700 }, (_, index) => [`k${index}`, '']);
    await server.command('MSET', ...pairs.flat());
    await server.command('HSET', 'small', ...pairs.slice(0, 200).flat());
    await server.command('HSET', 'large', ...pairs.flat());
    const selection = '{ edges { cursor node { name } } pageInfo { hasNextPage } }';
    const read = async (after: string | null) => {
      const argument = after === null ? '' : `, after: "${after}"`;
      const { keys, hash } = await api.cluster(`${field}${argument}) ${selection} ${end}`);
      return (keys ?? hash.fields) as {
        edges: { cursor: string; node: { name: string } }[];
        pageInfo: { hasNextPage: boolean };
      };
    };
    const edges: { cursor: string; node: { name: string } }[] = [];
    for (let page = await read(null); ; page = await read(edges.at(-1)!.cursor)) {
      edges.push(...page.edges);
      if (!page.pageInfo.hasNextPage) break;
    }
    const all = edges.map(({ node }) => node.name);
    expect(new Set(all).size).toBe(all.length);
    for (const at of [0, 1, 57, 198, 299, 300, 301, 499, 500, 642, 698].filter((each) => each < all.length)) {
      const rest: string[] = [];
      let after: string | null = edges[at]!.cursor;
      while (after !== null) {
        const page = await read(after);
        rest.push(...page.edges.map(({ node }) => node.name));
        after = page.pageInfo.hasNextPage ? page.edges.at(-1)!.cursor : null;
      }
      expect(rest, `behind edge ${at}`).toEqual(all.slice(at + 1));
    }
  });

  it('scans about 10,000 fields of a hash for one page, however few match', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('EVAL', 'for at = 1, 30000 do redis.call("HSET", "h", "field-" .. at, "") end', '0');
    await server.command('HSET', 'h', 'wanted', '');
    const read = (after: string | null) =>
      api.data(
        `query ($after: String) { cluster(name: "orders") { hash(name: "h") { fields(match: "wanted", after: $after) {
          nodes { name } pageInfo { hasNextPage endCursor }
        } } } }`,
        { after },
      );
    const found: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      let answer: any;
      const { hscan = 0 } = await commandsDuring([server], async () => (answer = await read(after)));
      expect(hscan).toBeLessThanOrEqual(25);
      const { nodes, pageInfo } = answer.cluster.hash.fields;
      found.push(...namesOf(nodes));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      pages += 1;
    } while (after !== null);
    expect(found).toEqual(['wanted']);
    expect(pages).toBeGreaterThanOrEqual(3);
  });

  it('loses no key after an edge whose page changed, and ends while keys are added and deleted', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const names = Array.from({ length: 600 }, (_, index) => `k${index}`);
    await server.command('MSET', ...names.flatMap((name) => [name, '']));
    const { keys } = await api.cluster('keys(first: 100, match: "k*") { edges { cursor node { name } } }');
    const [gone, ...before] = namesOf(keys.edges.slice(0, 50).map(({ node }: { node: object }) => node));
    await server.command('DEL', gone!);
    const { names: rest } = await listAll(api, 'first: 100, match: "k*"', undefined, keys.edges[49].cursor);
    expect(distinct([...before, ...rest])).toEqual(names.filter((name) => name !== gone).toSorted());

    let turn = 0;
    const { names: listed } = await listAll(api, 'first: 10, match: "k*"', async () => {
      turn += 1;
      await server.command('SET', `k-new-${turn}`, '');
      await server.command('DEL', `k-new-${turn - 3}`);
    });
    expect(listed).toEqual(expect.arrayContaining(names.filter((name) => name !== gone)));
  });

  it('reads no key if only names are selected', async () => {
    await using server = await startValkey();
    await using cluster = await startValkeyCluster({ shards: 2 });
    for (const [servers, described] of [
      [[server], describeServer(server)],
      [cluster.primaries, describeCluster(cluster)],
    ] as const) {
      await using api = openDataApi(described);
      const names = Array.from({ length: 30 }, (_, index) => `key-${index}`);
      for (const key of names) {
        await api.mutate('setHashFields', '{ added }', { key, fields: [{ name: 'f', value: 'v' }] });
      }
      const list = (selection: string) => api.cluster(`keys(first: 1000) { ${selection} }`);
      const counts = await commandsDuring(servers, async () => {
        const { keys } = await list('nodes { name slot } edges { node { name } }');
        expect(namesOf(keys.nodes).toSorted()).toEqual(names.toSorted());
      });
      expect(counts).not.toHaveProperty('type');
      const { keys } = await list('nodes { name ... on HashKey { length } } edges { node { __typename } }');
      expect(keys.nodes[0]).toMatchObject({ length: 1 });
      expect(keys.edges[0]).toEqual({ node: { __typename: 'HashKey' } });
    }
  });

  it.each(['+@all', '+@all -acl'])('omits keys that the Valkey user may not read (%s)', async (commands) => {
    const users = { default: `on nopass ~mine:* &* ${commands}` };
    await using server = await startValkey({ users });
    await using cluster = await startValkeyCluster({ shards: 1, users });
    for (const [node, described] of [
      [server, describeServer(server)],
      [cluster.primaries[0]!, describeCluster(cluster)],
    ] as const) {
      await using api = openDataApi(described);
      for (const name of ['mine:1', 'theirs:1', 'mine:2']) await node.command('SET', name, 'v');
      for (const selection of ['name', 'name type']) {
        const { keys } = await api.cluster(`keys { nodes { ${selection} } }`);
        expect(namesOf(keys.nodes).toSorted()).toEqual(['mine:1', 'mine:2']);
      }
    }
  });

  it('filters by pattern and type, within maxScanned', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', ...Array.from({ length: 2000 }, (_, index) => [`noise-${index}`, '']).flat());
    await server.command('SET', 'user:1', '');
    await server.command('HSET', 'user:2', 'f', 'v');

    expect(distinct((await listAll(api, 'match: "user:*"')).names)).toEqual(['user:1', 'user:2']);
    expect((await listAll(api, 'match: "user:*", type: HASH')).names).toEqual(['user:2']);
    const bounded = await listAll(api, 'match: "user:*", maxScanned: 500');
    expect(bounded.pages.length).toBeGreaterThanOrEqual(4);
    expect(distinct(bounded.names)).toEqual(['user:1', 'user:2']);
  });

  it('fills pages with keys of unknown types like others, within maxScanned', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', ...Array.from({ length: 1400 }, (_, index) => [`noise-${index}`, '']).flat());
    expect((await listAll(api, 'type: OTHER, first: 50')).pages).toEqual([[]]);
    expect((await listAll(api, 'type: OTHER, maxScanned: 500')).pages.length).toBeGreaterThanOrEqual(3);

    const unknown = Array.from({ length: 60 }, (_, index) => `module-${index}`);
    await server.command('MSET', ...unknown.flatMap((name) => [name, '']));
    const connect = api.connections.commands.bind(api.connections);
    api.connections.commands = async (...args) => {
      const commands = await connect(...args);
      const typed = ({ args: [name, key] }: Command, reply: Reply): Reply =>
        name === 'TYPE' && key?.toString().startsWith('module-') ? Buffer.from('TSDB-TYPE') : reply;
      return {
        ...commands,
        send: async (command) => typed(command, await commands.send(command)),
        post: (command, receiver) => {
          commands.post(command, {
            replied: (reply) => {
              receiver.replied(typed(command, reply));
            },
            failed: (reason) => {
              receiver.failed(reason);
            },
          });
        },
      };
    };
    const { names, pages } = await listAll(api, 'type: OTHER, first: 25');
    expect(names.toSorted()).toEqual(unknown.toSorted());
    expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
  });

  it('restarts the scan of a shard if another process serves it, so that no key is missed', async () => {
    await using server = await startValkey({ args: ['--appendonly', 'yes'] });
    await using api = openDataApi(describeServer(server));
    const names = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
    await server.command('MSET', ...names.flatMap((name) => [name, '']));

    const { names: listed } = await listAll(api, 'first: 100', async (page) => {
      if (page !== 3) return;
      await server.restart();
      const { connections } = api;
      await connections.connect('orders', {});
    });
    expect(distinct(listed)).toEqual(names.toSorted());
  });

  it('does not miss keys of slots that move to a shard that was already scanned', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const commands = await api.connections.commands('orders');
    const names = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
    await Promise.all(names.map((name) => commands.send({ args: ['SET', name, ''], key: Buffer.from(name) })));
    const [first, second] = cluster.primaries;
    const moving = Array.from({ length: 5 }, (_, index) => 16_000 + index * 50);

    const { names: listed } = await listAll(api, 'first: 100', async (page) => {
      // By then the first shard, with about 500 keys, is done.
      if (page !== 8) return;
      const [firstId, secondId] = [
        String(await first!.command('CLUSTER', 'MYID')),
        String(await second!.command('CLUSTER', 'MYID')),
      ];
      for (const slot of moving.map(String)) {
        await first!.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', secondId);
        await second!.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', firstId);
        const keys = (await second!.command('CLUSTER', 'GETKEYSINSLOT', slot, '100')) as string[];
        if (keys.length > 0) {
          const target = [first!.host, String(first!.port), '', '0', '5000'];
          await second!.command(
            'MIGRATE',
            ...target,
            'AUTH2',
            'test-administrator',
            'canary-test-administrator',
            'KEYS',
            ...keys,
          );
        }
        for (const node of [first!, second!]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', firstId);
      }
    });
    expect(distinct(listed)).toEqual(names.toSorted());
  });

  it('refuses foreign cursors and page sizes out of range', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const args of ['after: "x"', 'after: "eyJ2Ijoia2V5czEifQ"', 'first: 0', 'first: 1001', 'maxScanned: 0']) {
      const { data, errors } = await api.run(`{ cluster(name: "orders") { keys(${args}) { scanned } } }`);
      expect(data.cluster.keys).toBeNull();
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});
