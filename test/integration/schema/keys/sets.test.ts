import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { countWrites } from '../../../helpers/clients/socket-writes.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause message }';

/** The members of all pages, and the cursors between them. */
async function membersOf(api: DataApi, key: string, args: object): Promise<{ pages: string[][]; cursors: string[] }> {
  const document = `query ($key: String!, $first: Int!, $after: String, $match: String) {
    cluster(name: "orders") { set(name: $key) { members(first: $first, after: $after, match: $match) {
      edges { cursor } nodes { value } pageInfo { hasNextPage endCursor }
    } } }
  }`;
  const pages: string[][] = [];
  const cursors: string[] = [];
  let after: string | null = null;
  do {
    const variables: Record<string, unknown> = { key, first: 50, after, ...args };
    const { nodes, edges, pageInfo } = (await api.data(document, variables)).cluster.set.members;
    pages.push((nodes as { value: string }[]).map(({ value }) => value));
    expect(edges.at(-1)?.cursor ?? pageInfo.endCursor).toBe(pageInfo.endCursor);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    if (after !== null) cursors.push(after);
  } while (after !== null);
  return { pages, cursors };
}

describe('reading sets', () => {
  it('pages through large and small sets, each member once if nothing changes, without a host in any cursor', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const kinds = {
      texts: Array.from({ length: 900 }, (_, index) => `member-${index}`),
      numbers: Array.from({ length: 400 }, (_, index) => String(index - 200)),
      few: ['', '\r\n', '__proto__', '*', 'ü'],
    };
    for (const [key, members] of Object.entries(kinds)) {
      const { added } = await api.mutate('addSetMembers', '{ added }', { key, members });
      expect(added).toBe(members.length);
      for (const first of [1000, 97, 3]) {
        if (members.length / first > 150) continue;
        const { pages, cursors } = await membersOf(api, key, { first });
        expect(pages.flat().toSorted()).toEqual(members.toSorted());
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(first);
        for (const cursor of cursors) {
          const text = Buffer.from(cursor.split('.')[0]!, 'base64url').toString();
          expect(text).not.toContain('127.0.0.1');
          expect(JSON.parse(text)).toMatchObject({ v: 'members2' });
        }
      }
    }
  });

  it('filters members by a pattern', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command(
      'SADD',
      's',
      '',
      'user:1',
      'user:2',
      'other',
      ...Array.from({ length: 300 }, (_, n) => `n${n}`),
    );
    const matching = async (match: string) => (await membersOf(api, 's', { match })).pages.flat().toSorted();
    expect(await matching('user:*')).toEqual(['user:1', 'user:2']);
    expect(await matching('*:[2]')).toEqual(['user:2']);
    expect(await matching('other')).toEqual(['other']);
    expect(await matching('')).toEqual(['']);
    const { set } = await api.cluster(
      'set(name: "s") { members(match: "Kg==", encoding: BASE64, first: 1000) { nodes { value } } }',
    );
    expect(set.members.nodes).toHaveLength(304);
  });

  it('says which members a set has, and returns some at random', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SADD', 's', 'a', 'b', 'c', '');
    const { set } = await api.cluster(`set(name: "s") {
      length
      contains(members: ["c", "none", "", "a", "a"])
      hex: contains(members: ["61", "ff"], valueEncoding: HEX)
      absent: contains(members: ["none", "nothing"])
      randomMembers { value }
      all: randomMembers(count: 1000) { value }
    }`);
    expect(set).toMatchObject({
      length: 4,
      contains: [true, false, true, true, true],
      hex: [true, false],
      absent: [false, false],
    });
    expect(set.randomMembers).toHaveLength(1);
    const all = (set.all as { value: string }[]).map(({ value }) => value);
    expect(all.toSorted()).toEqual(['', 'a', 'b', 'c']);
    expect(all).toContain(set.randomMembers[0].value);
    expect(await api.cluster('set(name: "absent") { contains(members: ["a"]) randomMembers { value } }')).toEqual({
      set: null,
    });
  });

  it('sends everything that is selected in one write', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SADD', 's', 'a');
    await api.cluster('key(name: "other") { type }');
    const read = () =>
      api.cluster('set(name: "s") { members { nodes { value } } contains(members: ["a"]) randomMembers { value } }');
    const expected = { members: { nodes: [{ value: 'a' }] }, contains: [true], randomMembers: [{ value: 'a' }] };
    expect(await commandsDuring([server], read)).toEqual({ scard: 1, sscan: 1, smismember: 1, srandmember: 1 });
    using writes = countWrites(server.port, 'remotePort');
    expect(await read()).toEqual({ set: expected });
    expect(writes.taken()).toEqual([1]);
  });

  it('returns bytes that are not text, and members of 1 MB', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const binary = Buffer.from([0, 255, 13, 10]).toString('base64');
    const large = 'x'.repeat(1_048_576);
    const key = Buffer.from([255, 0]).toString('hex');
    const add = (input: object) =>
      api.mutate('addSetMembers', `{ added ${errors} }`, { key, encoding: 'HEX', ...input });
    expect(await add({ members: [binary, ''], valueEncoding: 'BASE64' })).toEqual({ added: 2, userErrors: [] });
    expect(await add({ members: [large] })).toEqual({ added: 1, userErrors: [] });
    const { set } = await api.cluster(
      `set(name: "${key}", encoding: HEX) { members { nodes { text: value base64: value(valueEncoding: BASE64) } } }`,
    );
    const nodes = set.members.nodes as { text: string | null; base64: string }[];
    expect(nodes).toContainEqual({ text: null, base64: binary });
    expect(nodes).toContainEqual({ text: '', base64: '' });
    expect(nodes.some(({ text }) => text === large)).toBe(true);
  });

  it('refuses other cursors, and arguments out of range', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SADD', 's', 'a', 'b');
    await server.command('HSET', 'h', 'f', 'v');
    const { set, hash } = await api.cluster(
      'set(name: "s") { members(first: 1) { pageInfo { endCursor } } } hash(name: "h") { fields { pageInfo { endCursor } } }',
    );
    const thousand = JSON.stringify(Array.from({ length: 1001 }, (_, index) => String(index)));
    for (const [field, path] of [
      ['members(first: 0) { nodes { value } }', ['first']],
      ['members(first: 1001) { nodes { value } }', ['first']],
      ['members(after: "x") { nodes { value } }', ['after']],
      [`members(after: "${hash.fields.pageInfo.endCursor}") { nodes { value } }`, ['after']],
      ['members(match: "x", encoding: HEX) { nodes { value } }', ['match']],
      ['randomMembers(count: 0) { value }', ['count']],
      ['randomMembers(count: -5) { value }', ['count']],
      ['randomMembers(count: 1001) { value }', ['count']],
      ['contains(members: [])', ['members']],
      [`contains(members: ${thousand})`, ['members']],
      ['contains(members: ["61", "x"], valueEncoding: HEX)', ['members', '1']],
    ] as const) {
      const { data, errors: failures } = await api.run(
        `{ cluster(name: "orders") { set(name: "s") { length ${field} } } }`,
      );
      expect(data.cluster.set, field).toMatchObject({ length: 2 });
      expect(failures?.[0]?.originalError, field).toMatchObject({ code: 'INVALID_INPUT', inputPath: path });
    }
    const foreign = await api.run(
      `{ cluster(name: "orders") { hash(name: "h") { fields(after: "${set.members.pageInfo.endCursor}") { nodes { name } } } } }`,
    );
    expect(foreign.errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', inputPath: ['after'] });
  });

  it('fails with WRONG_TYPE for a key of another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a');
    const { data, errors: failures } = await api.run(
      '{ cluster(name: "orders") { set(name: "l") { members { nodes { value } } contains(members: ["a"]) } } }',
    );
    expect(data.cluster.set).toBeNull();
    expect(failures).toHaveLength(1);
    expect(failures?.[0]?.originalError).toMatchObject({ code: 'WRONG_TYPE', inputPath: ['name'] });
  });

  it('works for a Valkey user with set commands only', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* -@all +@set' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SADD', 's', 'a');
    expect(
      await api.cluster(`
        set(name: "s") { length members { nodes { value } } contains(members: ["a"]) randomMembers { value } }
        absent: set(name: "absent") { length }
      `),
    ).toEqual({
      set: { length: 1, members: { nodes: [{ value: 'a' }] }, contains: [true], randomMembers: [{ value: 'a' }] },
      absent: null,
    });
  });
});

describe('writing sets', () => {
  it('adds and removes members, and deletes the key with the last one', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const add = (members: string[], valueEncoding = 'UTF8') =>
      api.mutate('addSetMembers', `{ added key { length } ${errors} }`, { key: 's', members, valueEncoding });
    const remove = (members: string[]) =>
      api.mutate('removeSetMembers', `{ removed key { length } ${errors} }`, { key: 's', members });
    expect(await remove(['a'])).toEqual({ removed: 0, key: null, userErrors: [] });
    expect(await add(['a', 'b', 'a', ''])).toEqual({ added: 3, key: { length: 3 }, userErrors: [] });
    expect(await add(['b', 'c'])).toEqual({ added: 1, key: { length: 4 }, userErrors: [] });
    expect(await remove(['', 'none'])).toEqual({ removed: 1, key: { length: 3 }, userErrors: [] });
    for (const [members, valueEncoding, path] of [
      [[], 'UTF8', ['input', 'members']],
      [['zz'], 'HEX', ['input', 'members', '0']],
      [Array.from({ length: 1001 }, String), 'UTF8', ['input', 'members']],
    ] as const) {
      expect(await add([...members], valueEncoding)).toMatchObject({
        added: null,
        key: null,
        userErrors: [{ code: 'INVALID_INPUT', path }],
      });
    }
    expect(await remove(['a', 'b', 'c'])).toEqual({ removed: 3, key: null, userErrors: [] });
  });

  it('pops members at random', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const pop = (input: object) =>
      api.mutate('popSetMembers', `{ members base64: members(valueEncoding: BASE64) key { length } ${errors} }`, {
        key: 's',
        ...input,
      });
    expect(await pop({})).toEqual({ members: [], base64: [], key: null, userErrors: [] });
    await server.command('SADD', 's', 'a', 'b', 'c');
    const { members: first, key } = await pop({});
    expect(first).toHaveLength(1);
    expect(key).toEqual({ length: 2 });
    const { members: rest, key: gone } = await pop({ count: 1000 });
    expect([...first, ...rest].toSorted()).toEqual(['a', 'b', 'c']);
    expect(gone).toBeNull();
    const commands = await api.connections.commands('orders');
    await commands.send({ args: ['SADD', 's', Buffer.from([255])] });
    for (const count of [0, -1, 1001]) {
      expect((await pop({ count })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'count'] }]);
    }
    expect(await pop({ count: 2 })).toMatchObject({ members: [null], base64: ['/w=='] });
  });

  it('moves a member between two sets, or within one', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const move = (input: object) =>
      api.mutate('moveSetMember', `{ moved source { length } destination { length } ${errors} }`, {
        source: 'from',
        destination: 'to',
        member: 'a',
        ...input,
      });
    expect(await move({})).toEqual({ moved: false, source: null, destination: null, userErrors: [] });
    await server.command('SADD', 'from', 'a', 'b');
    await server.command('SADD', 'to', 'b');
    const [one, two] = [{ length: 1 }, { length: 2 }];
    expect(await move({ member: 'none' })).toEqual({ moved: false, source: two, destination: one, userErrors: [] });
    expect(await move({ destination: 'from' })).toEqual({ moved: true, source: two, destination: two, userErrors: [] });
    expect(await move({})).toEqual({ moved: true, source: one, destination: two, userErrors: [] });
    // The destination already has the member.
    expect(await move({ member: 'Yg==', valueEncoding: 'BASE64' })).toEqual({
      moved: true,
      source: null,
      destination: two,
      userErrors: [],
    });
    expect((await move({ member: '1', valueEncoding: 'HEX' })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['input', 'member'] },
    ]);
    expect((await move({ source: '1', encoding: 'HEX' })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['input', 'source'] },
    ]);
  });

  const writes: readonly (readonly [name: string, input: object])[] = [
    ['addSetMembers', { key: 'k', members: ['x'] }],
    ['removeSetMembers', { key: 'k', members: ['x'] }],
    ['popSetMembers', { key: 'k' }],
  ];

  it('refuses keys of another type, and changes nothing', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    await server.command('SADD', 's', 'a');
    for (const [name, input] of writes) {
      const { userErrors } = await api.mutate(name, `{ ${errors} }`, input);
      expect(userErrors, name).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', 'key'], cause: 'WRONGTYPE' }]);
    }
    for (const [source, destination, at] of [
      ['k', 's', 'source'],
      ['s', 'k', 'destination'],
    ] as const) {
      const { userErrors } = await api.mutate('moveSetMember', `{ ${errors} }`, { source, destination, member: 'a' });
      expect(userErrors).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', at], cause: 'WRONGTYPE' }]);
    }
    expect(await server.command('GET', 'k')).toBe('v');
    expect(await server.command('SCARD', 's')).toBe(1);
  });

  it('reports commands and keys that the ACL denies, and a full node', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~k &* +@all -@set +smove' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SADD', 'k', 'a');
    for (const [name, input] of writes) {
      const { userErrors } = await api.mutate(name, `{ ${errors} }`, input);
      expect(userErrors, name).toMatchObject([{ code: 'PERMISSION_DENIED', path: ['input', 'key'], cause: 'NOPERM' }]);
    }
    const { userErrors: refused } = await api.mutate('moveSetMember', `{ ${errors} }`, {
      source: 'k',
      destination: 'private',
      member: 'a',
    });
    expect(refused).toMatchObject([{ code: 'PERMISSION_DENIED', path: ['input'], cause: 'NOPERM' }]);

    await using full = await startValkey();
    await using fullApi = openDataApi(describeServer(full));
    await full.command('CONFIG', 'SET', 'maxmemory', '1');
    const { userErrors } = await fullApi.mutate('addSetMembers', `{ ${errors} }`, { key: 'k', members: ['x'] });
    expect(userErrors).toMatchObject([{ code: 'OUT_OF_MEMORY', path: ['input', 'key'], cause: 'OOM' }]);
  });

  it('moves members within one hash slot of a cluster only', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    await api.mutate('addSetMembers', '{ added }', { key: '{cart}:old', members: ['a', 'b'] });
    const move = (destination: string) =>
      api.mutate('moveSetMember', `{ moved source { length } destination { length } ${errors} }`, {
        source: '{cart}:old',
        destination,
        member: 'a',
      });
    expect((await move('other')).userErrors).toMatchObject([
      { code: 'CROSS_SLOT', path: ['input', 'destination'], cause: null },
    ]);
    expect(await move('{cart}:new')).toEqual({
      moved: true,
      source: { length: 1 },
      destination: { length: 1 },
      userErrors: [],
    });
  });
});
