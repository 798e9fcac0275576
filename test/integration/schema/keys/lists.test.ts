import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { countWrites } from '../../../helpers/clients/socket-writes.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause message }';

interface Range {
  readonly first: number;
  readonly start?: number;
  readonly reverse?: boolean;
}

interface Element {
  readonly index: number;
  readonly value: string | null;
}

/** The elements of all pages. Every second page begins after the cursor of an edge in the middle of the page before. */
async function pagesOf(api: DataApi, key: string, range: Range): Promise<Element[][]> {
  const document = `query ($key: String!, $first: Int!, $after: String, $start: SafeInt, $reverse: Boolean) {
    cluster(name: "orders") { list(name: $key) {
      elements(first: $first, after: $after, start: $start, reverse: $reverse) {
        edges { cursor node { index value } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    } }
  }`;
  const pages: Element[][] = [];
  let after: string | null = null;
  do {
    const variables: Record<string, unknown> = { key, after, ...range };
    const { edges, pageInfo } = (await api.data(document, variables)).cluster.list.elements;
    expect(pageInfo.hasPreviousPage).toBe(after !== null);
    expect(pageInfo.startCursor).toBe(edges[0]?.cursor ?? null);
    expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor ?? null);
    const taken: { cursor: string; node: Element }[] =
      pages.length % 2 ? edges : edges.slice(0, Math.ceil(edges.length / 2));
    pages.push(taken.map(({ node }) => node));
    after = pageInfo.hasNextPage || taken.length < edges.length ? (taken.at(-1)?.cursor ?? null) : null;
  } while (after !== null);
  return pages;
}

describe('reading lists', () => {
  it('returns the same elements as LRANGE, in both orders, from any start and in pages of any size', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const values = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 30 });
    const start = fc.oneof(
      fc.integer({ min: -35, max: 35 }),
      fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
    );
    await fc.assert(
      fc.asyncProperty(values, start, fc.integer({ min: 1, max: 35 }), fc.boolean(), async (...of) => {
        const [list, begin, first, reverse] = of;
        await server.command('DEL', 'l', 'mirrored');
        await server.command('RPUSH', 'l', ...list);
        await server.command('LPUSH', 'mirrored', ...list);
        const expected = await server.command('LRANGE', reverse ? 'mirrored' : 'l', String(begin), '-1');
        const found = (await pagesOf(api, 'l', { first, start: begin, reverse })).flat();
        expect(found.map(({ value }) => value)).toEqual(expected);
        for (const { index, value } of found) expect(list[index]).toBe(value);
        const indexes = found.map(({ index }) => index);
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => (reverse ? b - a : a - b)));
      }),
      { numRuns: 150 },
    );
  });

  it('returns the element at an index from either end', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a', 'b', 'c');
    const at = (index: number) => `_${String(index).replace('-', 'm')}: element(index: ${index}) { index value }`;
    const { list } = await api.cluster(`list(name: "l") { ${[0, 2, 3, -1, -3, -4].map(at).join(' ')} }`);
    expect(list).toEqual({
      _0: { index: 0, value: 'a' },
      _2: { index: 2, value: 'c' },
      _3: null,
      _m1: { index: 2, value: 'c' },
      _m3: { index: 0, value: 'a' },
      _m4: null,
    });
    for (const encoding of ['listpack', 'quicklist']) {
      if (encoding === 'quicklist') await server.command('RPUSH', 'l', 'x'.repeat(100_000));
      const far = [2 ** 32, 2 ** 32 - 1, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
      const { list: nothing } = await api.cluster(`list(name: "l") { objectEncoding ${far.map(at).join(' ')} }`);
      expect(Object.values(nothing)).toEqual([encoding, ...far.map(() => null)]);
    }
    expect(
      await api.cluster('list(name: "absent") { elements { nodes { value } } element(index: 0) { value } }'),
    ).toEqual({ list: null });
  });

  it('sends one LRANGE for a page, with LLEN only if the page is counted from the tail, in one write', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', ...Array.from({ length: 100 }, (_, index) => String(index)));
    await api.cluster('key(name: "other") { type }');
    const read = (args: string) => api.cluster(`list(name: "l") { elements(first: 10${args}) { nodes { value } } }`);
    // The first LLEN shows that the key is a list.
    expect(await commandsDuring([server], () => read(''))).toEqual({ llen: 1, lrange: 1 });
    expect(await commandsDuring([server], () => read(', start: 50'))).toEqual({ llen: 1, lrange: 1 });
    expect(await commandsDuring([server], () => read(', start: -50'))).toEqual({ llen: 2, lrange: 1 });
    expect(await commandsDuring([server], () => read(', reverse: true'))).toEqual({ llen: 2, lrange: 1 });
    using writes = countWrites(server.port, 'remotePort');
    await read(', start: -50, reverse: true');
    expect(writes.taken()).toEqual([1]);
  });

  it('continues from the tail although elements are pushed at the head, and from the head although at the tail', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const [reverse, push] of [
      [false, 'RPUSH'],
      [true, 'LPUSH'],
    ] as const) {
      await server.command('DEL', 'l');
      await server.command('RPUSH', 'l', 'a', 'b', 'c', 'd');
      const page = async (after: string) => {
        const { list } = await api.cluster(
          `list(name: "l") { elements(first: 2, reverse: ${reverse}${after}) { nodes { value } pageInfo { endCursor } } }`,
        );
        return list.elements;
      };
      const { nodes, pageInfo } = await page('');
      await server.command(push, 'l', 'new');
      const next = await page(`, after: "${pageInfo.endCursor}"`);
      const read = [...nodes, ...next.nodes].map(({ value }: Element) => value);
      expect(read).toEqual(reverse ? ['d', 'c', 'b', 'a'] : ['a', 'b', 'c', 'd']);
    }
  });

  it('counts from the head, never from before it, although elements are pushed while a page is read', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a', 'b');
    const connect = api.connections.commands.bind(api.connections);
    api.connections.commands = async (...args) => {
      const commands = await connect(...args);
      const key = Buffer.from('l');
      return {
        ...commands,
        post(sent, receiver) {
          // On the same connection, so that Valkey executes it right before.
          if (/^(?:LRANGE|LINDEX)$/.test(sent.args[0]))
            void commands.send({ args: ['RPUSH', key, 'new', 'newer'], key });
          commands.post(sent, receiver);
        },
      };
    };
    const { list } = await api.cluster('list(name: "l") { elements(reverse: true) { nodes { index value } } }');
    expect(list.elements.nodes).toEqual(['newer', 'new', 'b', 'a'].map((value, at) => ({ index: 3 - at, value })));
    const { list: again } = await api.cluster('list(name: "l") { element(index: -6) { index value } }');
    expect(again.element).toEqual({ index: 0, value: 'a' });
  });

  it('returns bytes that are not text, empty elements and elements of 1 MB', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const bytes = Buffer.from([0, 255, 13, 10, 128]).toString('base64');
    const large = 'x'.repeat(1_048_576);
    for (const [elements, valueEncoding] of [
      [[bytes, ''], 'BASE64'],
      [['\r\n$5\r\n', large], 'UTF8'],
    ] as const) {
      const pushed = await api.mutate('pushListElements', `{ length ${errors} }`, {
        key: 'li\r\nst\u0000',
        elements,
        valueEncoding,
      });
      expect(pushed.userErrors).toEqual([]);
    }
    const { cluster } = await api.data(
      `query ($key: String!) { cluster(name: "orders") { list(name: $key) {
        length elements { nodes { text: value base64: value(valueEncoding: BASE64) hex: value(valueEncoding: HEX) } }
      } } }`,
      { key: 'li\r\nst\u0000' },
    );
    const { nodes } = cluster.list.elements;
    expect(nodes[0]).toEqual({ text: null, base64: bytes, hex: '00ff0d0a80' });
    expect(nodes[1]).toEqual({ text: '', base64: '', hex: '' });
    expect(nodes[2].text).toBe('\r\n$5\r\n');
    expect(nodes[3].text === large).toBe(true);
  });

  it('refuses other cursors, a cursor of the other order, and page sizes out of range', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a', 'b');
    await server.command('HSET', 'h', 'f', 'v');
    const { list, hash } = await api.cluster(
      'list(name: "l") { elements { edges { cursor } } } hash(name: "h") { fields { pageInfo { endCursor } } }',
    );
    const forged = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const { k } = JSON.parse(Buffer.from(list.elements.edges[0].cursor as string, 'base64url').toString()) as {
      k: string;
    };
    const wrong = [
      ...['first: 0', 'first: 1001', 'first: -1', 'after: "x"', 'after: ""'],
      `after: "${hash.fields.pageInfo.endCursor}"`,
      `reverse: true, after: "${list.elements.edges[0].cursor}"`,
      ...[{ p: -1 }, { p: 0.5 }, { p: 1e300 }, { r: 1 }, { v: 'elements1' }, { x: 1 }, { k: 'another' }].map(
        (part) => `after: "${forged({ v: 'elements2', k, p: 0, r: false, ...part })}"`,
      ),
    ];
    for (const args of wrong) {
      const { data, errors: failures } = await api.run(
        `{ cluster(name: "orders") { list(name: "l") { length elements(${args}) { nodes { value } } } } }`,
      );
      expect(data.cluster.list, args).toEqual({ length: 2, elements: null });
      const path = args.startsWith('first') ? ['first'] : ['after'];
      expect(failures?.[0]?.originalError, args).toMatchObject({ code: 'INVALID_INPUT', inputPath: path });
    }
    expect(list.elements.edges).toHaveLength(2);
  });

  it('fails with WRONG_TYPE for a key of another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'text', 'v');
    const { data, errors: failures } = await api.run(
      '{ cluster(name: "orders") { list(name: "text") { elements { nodes { value } } } } }',
    );
    expect(data.cluster.list).toBeNull();
    expect(failures?.[0]?.originalError).toMatchObject({ code: 'WRONG_TYPE', inputPath: ['name'] });
  });

  it('fails only the fields whose command the ACL denies', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -lrange' } });
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a');
    const { data, errors: failures } = await api.run(
      '{ cluster(name: "orders") { list(name: "l") { length elements { nodes { value } } element(index: 0) { value } } } }',
    );
    expect(data.cluster.list).toEqual({ length: 1, elements: null, element: { value: 'a' } });
    expect(failures?.map(({ path }) => path)).toEqual([['cluster', 'list', 'elements']]);
    expect(failures?.[0]?.originalError).toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('works for a Valkey user with list commands only', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* -@all +@list' } });
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a');
    expect(
      await api.cluster(`
        list(name: "l") { length elements(reverse: true) { nodes { index value } } element(index: 0) { value } }
        absent: list(name: "absent") { length }
      `),
    ).toEqual({
      list: { length: 1, elements: { nodes: [{ index: 0, value: 'a' }] }, element: { value: 'a' } },
      absent: null,
    });
  });
});

describe('writing lists', () => {
  it('pushes elements one after the other at either end', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const push = (input: object) =>
      api.mutate('pushListElements', `{ length key { length elements { nodes { value } } } ${errors} }`, {
        key: 'l',
        ...input,
      });
    const state = (...values: string[]) => ({
      length: values.length,
      key: { length: values.length, elements: { nodes: values.map((value) => ({ value })) } },
      userErrors: [],
    });
    const nothing = { length: 0, key: null, userErrors: [] };
    expect(await push({ elements: ['x'], onlyIfExists: true })).toEqual(nothing);
    expect(await push({ elements: ['x'], onlyIfExists: true, side: 'HEAD' })).toEqual(nothing);
    expect(await push({ elements: ['a', 'b'] })).toEqual(state('a', 'b'));
    expect(await push({ elements: ['1', '2'], side: 'HEAD' })).toEqual(state('2', '1', 'a', 'b'));
    expect(await push({ elements: ['c'], onlyIfExists: true })).toEqual(state('2', '1', 'a', 'b', 'c'));
    expect(await push({ elements: ['3'], onlyIfExists: true, side: 'HEAD' })).toMatchObject({ length: 6 });
    const thousand = Array.from({ length: 1000 }, (_, index) => String(index));
    expect(await push({ elements: thousand })).toMatchObject({ length: 1006 });
    const refused = await push({ elements: [...thousand, 'x'] });
    expect(refused).toMatchObject({ length: null, key: null });
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'elements'] }]);
    expect((await push({ elements: [] })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['input', 'elements'] },
    ]);
    expect((await push({ elements: ['aa', 'a'], valueEncoding: 'HEX' })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['input', 'elements', '1'] },
    ]);
    expect(await server.command('LLEN', 'l')).toBe(1006);
  });

  it('pops elements from either end, and deletes the key with the last one', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const pop = (input: object, selection = 'elements key { length }') =>
      api.mutate('popListElements', `{ ${selection} ${errors} }`, { key: 'l', ...input });
    expect(await pop({})).toEqual({ elements: [], key: null, userErrors: [] });
    await server.command('RPUSH', 'l', 'a', 'b', 'c', 'd', 'e');
    expect(await pop({})).toEqual({ elements: ['a'], key: { length: 4 }, userErrors: [] });
    expect(await pop({ side: 'TAIL', count: 2 })).toEqual({ elements: ['e', 'd'], key: { length: 2 }, userErrors: [] });
    const commands = await api.connections.commands('orders');
    await commands.send({ args: ['RPUSH', 'l', Buffer.from([255, 0])], key: Buffer.from('l') });
    expect(await pop({ count: 1000 }, 'elements(valueEncoding: BASE64) text: elements key { length }')).toEqual({
      elements: ['Yg==', 'Yw==', '/wA='],
      text: ['b', 'c', null],
      key: null,
      userErrors: [],
    });
    for (const count of [0, -1, 1001]) {
      expect((await pop({ count })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'count'] }]);
    }
  });

  it('sets the element at an index, which must exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const set = (input: object) =>
      api.mutate('setListElement', `{ key { elements { nodes { value } } } ${errors} }`, { key: 'l', ...input });
    expect(await set({ index: 0, value: 'x' })).toMatchObject({
      key: null,
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'key'] }],
    });
    await server.command('RPUSH', 'l', 'a', 'b', 'c');
    expect(await set({ index: -1, value: '' })).toEqual({
      key: { elements: { nodes: [{ value: 'a' }, { value: 'b' }, { value: '' }] } },
      userErrors: [],
    });
    expect(await set({ index: 1, value: '/w==', valueEncoding: 'BASE64' })).toMatchObject({
      key: { elements: { nodes: [{ value: 'a' }, { value: null }, { value: '' }] } },
    });
    for (const index of [3, -4, 2 ** 31, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect((await set({ index, value: 'x' })).userErrors).toMatchObject([
        { code: 'INVALID_INPUT', path: ['input', 'index'] },
      ]);
    }
  });

  it('inserts an element beside a pivot, if there is one', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const insert = (input: object) =>
      api.mutate('insertListElement', `{ applied length key { elements { nodes { value } } } ${errors} }`, {
        key: 'l',
        pivot: 'b',
        ...input,
      });
    const elements = (...values: string[]) => ({ elements: { nodes: values.map((value) => ({ value })) } });
    const nothing = { applied: false, length: null, userErrors: [] };
    expect(await insert({ where: 'BEFORE', value: 'x' })).toEqual({ ...nothing, key: null });
    await server.command('RPUSH', 'l', 'a', 'b', 'b');
    const done = { applied: true, userErrors: [] };
    expect(await insert({ where: 'BEFORE', value: 'x' })).toEqual({
      ...done,
      length: 4,
      key: elements('a', 'x', 'b', 'b'),
    });
    expect(await insert({ where: 'AFTER', value: 'y' })).toEqual({
      ...done,
      length: 5,
      key: elements('a', 'x', 'b', 'y', 'b'),
    });
    expect(await insert({ where: 'AFTER', pivot: 'none', value: 'z' })).toEqual({
      ...nothing,
      key: elements('a', 'x', 'b', 'y', 'b'),
    });
    expect(
      (await insert({ where: 'AFTER', pivot: 'xyz', value: '00', valueEncoding: 'HEX' })).userErrors,
    ).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'pivot'] }]);
  });

  it('removes elements with a value from either end', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const remove = (input: object) =>
      api.mutate('removeListElements', `{ removed key { elements { nodes { value } } } ${errors} }`, {
        key: 'l',
        value: 'a',
        ...input,
      });
    const elements = (text: string) => ({ elements: { nodes: text.split('').map((value) => ({ value })) } });
    expect(await remove({})).toEqual({ removed: 0, key: null, userErrors: [] });
    await server.command('RPUSH', 'l', ...'abacadaea'.split(''));
    expect(await remove({ count: 1 })).toEqual({ removed: 1, key: elements('bacadaea'), userErrors: [] });
    expect(await remove({ count: 2, from: 'TAIL' })).toEqual({ removed: 2, key: elements('bacade'), userErrors: [] });
    expect(await remove({ count: Number.MAX_SAFE_INTEGER, from: 'TAIL', value: 'e' })).toMatchObject({ removed: 1 });
    for (const count of [0, -2]) {
      expect((await remove({ count })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'count'] }]);
    }
    expect(await remove({})).toEqual({ removed: 2, key: elements('bcd'), userErrors: [] });
  });

  it('trims a list, and deletes it if nothing is left', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const trim = (start: number, end: number) =>
      api.mutate('trimList', `{ key { elements { nodes { value } } } ${errors} }`, { key: 'l', start, end });
    expect(await trim(0, -1)).toEqual({ key: null, userErrors: [] });
    await server.command('RPUSH', 'l', ...'abcdef'.split(''));
    const nodes = ['b', 'c', 'd', 'e'].map((value) => ({ value }));
    expect(await trim(1, -2)).toEqual({ key: { elements: { nodes } }, userErrors: [] });
    const [lowest, highest] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    expect(await trim(lowest, highest)).toEqual({ key: { elements: { nodes } }, userErrors: [] });
    expect(await trim(3, 1)).toEqual({ key: null, userErrors: [] });
    expect(await server.command('EXISTS', 'l')).toBe(0);
  });

  it('moves an element between the ends of two lists, or of one', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const move = (input: object) =>
      api.mutate('moveListElement', `{ moved element source { length } destination { length } ${errors} }`, {
        source: 'from',
        destination: 'to',
        ...input,
      });
    const none = { moved: false, element: null, source: null, destination: null, userErrors: [] };
    expect(await move({})).toEqual(none);
    await server.command('RPUSH', 'from', 'a', 'b', 'c');
    const moved = { moved: true, userErrors: [] };
    const [one, two] = [{ length: 1 }, { length: 2 }];
    expect(await move({})).toEqual({ ...moved, element: 'a', source: two, destination: one });
    expect(await move({ from: 'TAIL', to: 'HEAD' })).toEqual({ ...moved, element: 'c', source: one, destination: two });
    expect(await server.command('LRANGE', 'to', '0', '-1')).toEqual(['c', 'a']);
    expect(await move({})).toEqual({ ...moved, element: 'b', source: null, destination: { length: 3 } });
    expect(await move({ source: 'to' })).toMatchObject({ ...moved, element: 'c', source: { length: 3 } });
    const commands = await api.connections.commands('orders');
    await commands.send({ args: ['RPUSH', 'from', Buffer.from([255])] });
    expect(await move({})).toMatchObject({ ...moved, element: null });
  });

  const writes: readonly (readonly [name: string, input: object])[] = [
    ['pushListElements', { key: 'k', elements: ['x'] }],
    ['pushListElements', { key: 'k', elements: ['x'], side: 'HEAD', onlyIfExists: true }],
    ['popListElements', { key: 'k' }],
    ['setListElement', { key: 'k', index: 0, value: 'x' }],
    ['insertListElement', { key: 'k', where: 'BEFORE', pivot: 'a', value: 'x' }],
    ['removeListElements', { key: 'k', value: 'a' }],
    ['trimList', { key: 'k', start: 0, end: -1 }],
  ];

  it('refuses keys of another type, and changes nothing', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    await server.command('RPUSH', 'l', 'a');
    for (const [name, input] of writes) {
      const { userErrors } = await api.mutate(name, `{ ${errors} }`, input);
      expect(userErrors, name).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', 'key'], cause: 'WRONGTYPE' }]);
    }
    for (const [source, destination, at] of [
      ['k', 'l', 'source'],
      ['k', 'k', 'source'],
      ['l', 'k', 'destination'],
    ] as const) {
      const { userErrors } = await api.mutate('moveListElement', `{ ${errors} }`, { source, destination });
      expect(userErrors).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', at], cause: 'WRONGTYPE' }]);
    }
    expect(await server.command('GET', 'k')).toBe('v');
    expect(await server.command('LLEN', 'l')).toBe(1);
  });

  it('reports commands and keys that the ACL denies, and a full node', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~k ~l &* +@all -@list +lmove' } });
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'k', 'a');
    for (const [name, input] of writes) {
      const { userErrors } = await api.mutate(name, `{ ${errors} }`, input);
      expect(userErrors, name).toMatchObject([{ code: 'PERMISSION_DENIED', path: ['input', 'key'], cause: 'NOPERM' }]);
    }
    const { userErrors: refused } = await api.mutate('moveListElement', `{ ${errors} }`, {
      source: 'k',
      destination: 'private',
    });
    expect(refused).toMatchObject([{ code: 'PERMISSION_DENIED', path: ['input'], cause: 'NOPERM' }]);

    await using full = await startValkey();
    await using fullApi = openDataApi(describeServer(full));
    await full.command('RPUSH', 'k', 'a');
    await full.command('CONFIG', 'SET', 'maxmemory', '1');
    const { userErrors } = await fullApi.mutate('pushListElements', `{ ${errors} }`, { key: 'k', elements: ['x'] });
    expect(userErrors).toMatchObject([{ code: 'OUT_OF_MEMORY', path: ['input', 'key'], cause: 'OOM' }]);
    expect(await fullApi.mutate('popListElements', `{ elements ${errors} }`, { key: 'k' })).toEqual({
      elements: ['a'],
      userErrors: [],
    });
  });

  it('moves elements within one hash slot of a cluster only', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const selection = `{ moved element source { length } destination { length } ${errors} }`;
    await api.mutate('pushListElements', '{ length }', { key: '{cart}:old', elements: ['a', 'b'] });
    expect(await api.mutate('moveListElement', selection, { source: '{cart}:old', destination: '{cart}:new' })).toEqual(
      {
        moved: true,
        element: 'a',
        source: { length: 1 },
        destination: { length: 1 },
        userErrors: [],
      },
    );
    const elsewhere = await api.mutate('moveListElement', selection, { source: '{cart}:old', destination: 'other' });
    expect(elsewhere).toMatchObject({ moved: null, element: null, source: null, destination: null });
    expect(elsewhere.userErrors).toMatchObject([{ code: 'CROSS_SLOT', path: ['input', 'destination'], cause: null }]);
    expect(elsewhere.userErrors[0].message).toMatch(/^Expected keys of one hash slot, got slots \d+ and \d+\./);
    // A key of another type on another node.
    await api.mutate('setString', '{ applied }', { key: '{cart}:text', value: 'v' });
    const { userErrors } = await api.mutate('moveListElement', selection, {
      source: '{cart}:old',
      destination: '{cart}:text',
    });
    expect(userErrors).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', 'destination'] }]);
  });
});
