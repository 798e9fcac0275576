import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grant } from '../../../src/domain/access/access.js';
import { openAccessApi, type AccessApi, type Answered } from '../../helpers/apis/access-api.js';
import { eventually } from '../../helpers/run/eventually.js';

/** The grants of a front-end: sessions, public channels and the work of one group, in one cluster. */
const frontEnd: Partial<Grant> = {
  operations: ['keys:*', 'channels:*', 'streams:*', 'groups:*'],
  clusters: ['Orders'],
  keys: ['session:*'],
  channels: ['public:*'],
  groups: ['workers'],
};

const id = (text: string): string => Buffer.from(text).toString('base64');
const keyId = (type: string, cluster: string, name: string): string =>
  id(`${type}:${cluster}/${Buffer.from(name).toString('base64url')}`);

const groupId = (cluster: string, stream: string, group: string): string =>
  id(`ConsumerGroup:${cluster}/${[stream, group].map((name) => Buffer.from(name).toString('base64url')).join('/')}`);

let api: AccessApi;
beforeAll(async () => {
  api = await openAccessApi();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const ask = (document: string, variables?: Record<string, unknown>): Promise<Answered> =>
  api.ask([frontEnd], document, variables);
const codes = ({ errors }: Answered): string[] => errors.map(({ code, path }) => `${code} ${path}`);

describe('A role that is limited to some keys and channels of one cluster', () => {
  test('reads its keys by name; each of several succeeds or fails alone', async () => {
    const answer = await ask(
      '{ cluster(name: "ORDERS") { name keysByName(names: ["session:StringKey", "private:StringKey", "session:no"]) { name } } }',
    );
    expect(answer.data.cluster.keysByName).toEqual([{ name: 'session:StringKey' }, null, null]);
    expect(codes(answer)).toEqual(['FORBIDDEN cluster.keysByName.1']);
  });

  test('is denied any other key with the same message, whether it exists or not, without a command to Valkey', async () => {
    const refusals = await Promise.all(
      ['private:StringKey', 'private:none'].map((name) =>
        ask('query ($name: String!) { cluster(name: "orders") { key(name: $name) { name type } } }', { name }),
      ),
    );
    expect(refusals[0]).toEqual(refusals[1]);
    expect(refusals[0]!.errors).toEqual([
      {
        code: 'FORBIDDEN',
        message: 'Permission denied: keys:read is required on this key.',
        path: 'cluster.key',
      },
    ]);
    expect(refusals[0]!.touched).not.toContain('commands');
  });

  test('is denied other hashes and streams, whatever their type', async () => {
    const answer = await ask(
      '{ cluster(name: "orders") { hash(name: "private:StringKey") { id } stream(name: "private:StreamKey") { id } } }',
    );
    expect(codes(answer).toSorted()).toEqual(['FORBIDDEN cluster.hash', 'FORBIDDEN cluster.stream']);
    expect(answer.touched).not.toContain('commands');
  });

  test('lists its own keys only, and no cursor contains the names of others', async () => {
    const names: string[] = [];
    let after: string | null = null;
    do {
      const answer = await ask(
        'query ($after: String) { cluster(name: "orders") { keys(first: 2, after: $after) ' +
          '{ nodes { name } pageInfo { hasNextPage endCursor } } } }',
        { after },
      );
      const { nodes, pageInfo } = answer.data.cluster.keys;
      names.push(...nodes.map(({ name }: { name: string }) => name));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    const types = ['HashKey', 'ListKey', 'SetKey', 'SortedSetKey', 'StreamKey', 'StringKey'];
    expect([...new Set(names)].toSorted()).toEqual(types.map((type) => `session:${type}`));
  });

  test('cannot read the number of all keys', async () => {
    expect(codes(await ask('{ cluster(name: "orders") { name keyCount } }'))).toEqual(['FORBIDDEN cluster.keyCount']);
  });

  test('lists the channels and groups that it may read', async () => {
    const answer = await ask(
      '{ cluster(name: "orders") { channels { name } stream(name: "session:StreamKey") { groups { name } } } }',
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.cluster).toEqual({
      channels: [{ name: 'public:1' }],
      stream: { groups: [{ name: 'workers' }] },
    });
  });

  test('sees of its cluster only the name, source, status and data access', async () => {
    const answer = await ask(`{ cluster(name: "orders") {
      id name source status dataAccess { state tls username } primaryEndpoint { host } tags { key } shards { id } nodes { id }
      userGroups { userGroupId } } }`);
    expect(answer.data.cluster).toMatchObject({
      name: 'orders',
      status: 'AVAILABLE',
      primaryEndpoint: null,
      nodes: null,
    });
    expect(answer.data.cluster.dataAccess).toMatchObject({ tls: false, username: null });
    const refused = ['dataAccess.username', 'nodes', 'primaryEndpoint', 'shards', 'tags', 'userGroups'];
    expect(codes(answer).toSorted()).toEqual(refused.map((field) => `FORBIDDEN cluster.${field}`));
  });

  test('sees only its own keys in the number of scanned keys', async () => {
    const listing = (more: string) =>
      `{ cluster(name: "orders") { keys(first: 1000${more}) { scanned nodes { name } } } }`;
    for (const more of ['', ', match: "*"', ', match: "*StreamKey"', ', match: "private:*"', ', type: STREAM']) {
      const { data } = await ask(listing(more));
      expect([more, data.cluster.keys.scanned]).toEqual([more, data.cluster.keys.nodes.length]);
    }
    const all: Partial<Grant> = { operations: ['keys:read'], clusters: ['*'], keys: ['*'] };
    const { data } = await api.ask([all], listing(', match: "private:*"'));
    expect(data.cluster.keys.scanned).toBeGreaterThan(data.cluster.keys.nodes.length);
  });

  test('finds no other cluster through any field', async () => {
    const answer = await ask(
      `query ($ids: [ID!]!) { cluster(name: "private") { name } clusters { nodes { name } pageInfo { hasNextPage } }
        nodes(ids: $ids) { id } none: cluster(name: "none") { name } }`,
      {
        ids: [
          id('Cluster:private'),
          id('Shard:private/0001'),
          id('ClusterNode:private/private-001'),
          keyId('StringKey', 'private', 'session:StringKey'),
          id('Cluster:none'),
          id('DataAccess:private'),
          groupId('private', 'session:StreamKey', 'workers'),
        ],
      },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      cluster: null,
      none: null,
      clusters: { nodes: [{ name: 'orders' }], pageInfo: { hasNextPage: false } },
      nodes: [null, null, null, null, null, null, null],
    });
  });

  test('finds objects by ID if it may read them; each other object fails alone', async () => {
    const ids = [
      id('Cluster:orders'),
      keyId('StringKey', 'orders', 'session:StringKey'),
      keyId('StringKey', 'orders', 'private:StringKey'),
      keyId('StringKey', 'orders', 'private:none'),
      keyId('StreamKey', 'orders', 'private:StreamKey'),
      id('Shard:orders/0001'),
      id('ClusterNode:orders/orders-001'),
      id('User:alice'),
      id('User:nobody'),
      id('UserGroup:staff'),
      id('DataAccess:orders'),
      groupId('orders', 'session:StreamKey', 'workers'),
      groupId('orders', 'session:StreamKey', 'hidden'),
      groupId('orders', 'private:StreamKey', 'workers'),
      id('nothing of ours'),
      id('Endpoint:x'),
    ];
    const answer = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }', { ids });
    expect(answer.data.nodes).toEqual([
      { __typename: 'Cluster' },
      { __typename: 'StringKey' },
      ...Array.from({ length: 8 }, () => null),
      { __typename: 'DataAccess' },
      { __typename: 'ConsumerGroup' },
      ...Array.from({ length: 4 }, () => null),
    ]);
    expect(codes(answer).toSorted()).toEqual(
      [
        ...[2, 3, 4, 5, 6, 7, 8, 9, 12, 13].map((index) => `FORBIDDEN nodes.${index}`),
        ...[14, 15].map((index) => `INVALID_INPUT nodes.${index}`),
      ].toSorted(),
    );
    const access = await ask('query ($id: ID!) { node(id: $id) { ... on DataAccess { state username } } }', {
      id: id('DataAccess:orders'),
    });
    expect(codes(access)).toEqual(['FORBIDDEN node.username']);
    const single = await ask('query ($id: ID!) { node(id: $id) { id } }', { id: ids[2] });
    expect(codes(single)).toEqual(['FORBIDDEN node']);
  });

  test('can neither read nor create users', async () => {
    const answer = await ask(
      '{ users { nodes { userId } } user(userId: "alice") { userId } userGroup(userGroupId: "staff") { arn } }',
    );
    expect(codes(answer).toSorted()).toEqual(['FORBIDDEN user', 'FORBIDDEN userGroup', 'FORBIDDEN users']);
    expect(answer.touched).toEqual([]);
  });

  const stream = 'cluster: "orders", stream: "private:StreamKey"';
  const own = 'cluster: "orders", stream: "session:StreamKey"';
  test.each([
    ['setString', '{ cluster: "orders", key: "private:StringKey", value: "x" }'],
    ['setString', '{ cluster: "private", key: "session:StringKey", value: "x" }'],
    ['setString', '{ cluster: "none", key: "session:StringKey", value: "x" }'],
    ['setHashFields', '{ cluster: "orders", key: "private:HashKey", fields: [{ name: "f", value: "x" }] }'],
    ['deleteHashFields', '{ cluster: "orders", key: "private:HashKey", fields: ["f"] }'],
    ['setKeyExpiry', '{ cluster: "orders", key: "private:StringKey", expiry: { seconds: 1 } }'],
    ['deleteKeys', '{ cluster: "orders", keys: ["session:StringKey", "private:StringKey"] }'],
    ['publish', '{ cluster: "orders", channel: "private", payload: "x" }'],
    ['addStreamEntry', `{ ${stream}, fields: [{ name: "f", value: "x" }] }`],
    ['deleteStreamEntries', `{ ${stream}, entryIds: ["1-1"] }`],
    ['createConsumerGroup', `{ ${stream}, group: "workers" }`],
    ['createConsumerGroup', `{ ${own}, group: "hidden" }`],
    ['acknowledgeEntries', `{ ${own}, group: "hidden", entryIds: ["1-1"] }`],
    ['extendEntries', `{ ${own}, group: "hidden", consumer: "c", entryIds: ["1-1"] }`],
    ['createCluster', '{ name: "orders" }'],
    ['deleteCluster', '{ cluster: "orders" }'],
    ['connectCluster', '{ cluster: "orders" }'],
    ['deleteUser', '{ userId: "alice" }'],
  ])('is denied %s(%s), which changes nothing', async (name, input) => {
    const answer = await ask(`mutation { ${name}(input: ${input}) { userErrors { code } } }`);
    expect(codes(answer)).toEqual([`FORBIDDEN ${name}`]);
    expect(answer.touched).toEqual([]);
  });

  test.each([
    `channelMessages(cluster: "orders", channels: ["public:1", "private"]) { messages { payload } }`,
    `channelMessages(cluster: "orders", patterns: ["*"]) { messages { payload } }`,
    `channelMessages(cluster: "orders", patterns: ["publi[c]:*"]) { messages { payload } }`,
    `channelMessages(cluster: "private", channels: ["public:1"], history: 10) { messages { payload } }`,
    `channelPresenceChanges(cluster: "orders", channel: "private") { joined { member } }`,
    `streamEntries(cluster: "orders", stream: "private:StreamKey", after: "0") { entries { json } }`,
    `groupEntries(${own}, group: "hidden", consumer: "x") { entries { deliveryCount } }`,
    `groupEntries(${stream}, group: "workers", consumer: "x") { entries { deliveryCount } }`,
    `groupEntries(${own}, group: "workers", consumer: "x", maxDeliveries: 2, deadLetterStream: "private:dead")
      { entries { deliveryCount } }`,
    `consumerGroupProgress(${own}, group: "hidden") { pending }`,
    `clusterChanges(cluster: "orders") { reason }`,
    `clusterChanges { reason }`,
  ])('may not follow %s', async (field) => {
    const answer = await ask(`subscription { ${field} }`);
    expect(answer.errors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(answer.touched).toEqual([]);
  });

  test.each([
    `channelMessages(cluster: "orders", channels: ["public:1"], patterns: ["public:n*"]) { messages { payload } }`,
    `streamEntries(${own}, after: "0") { entries { json } }`,
    `groupEntries(${own}, group: "workers", consumer: "x", maxDeliveries: 2, deadLetterStream: "session:dead")
      { entries { deliveryCount } }`,
    `consumerGroupProgress(${own}, group: "workers") { pending }`,
  ])('may follow %s', async (field) => {
    expect((await ask(`subscription { ${field} }`)).errors).toEqual([]);
  });

  test('reads from `viewer` the same decisions that operations use', async () => {
    const { data } = await ask(`{ viewer { name isAuthenticated grants { operations clusters keys channels groups }
      own: may(operation: KEYS_WRITE, cluster: "ORDERS", key: "session:1")
      other: may(operation: KEYS_WRITE, cluster: "orders", key: "private:1")
      elsewhere: may(operation: KEYS_WRITE, cluster: "private", key: "session:1")
      any: may(operation: KEYS_READ) users: may(operation: USERS_READ)
      pattern: may(operation: CHANNELS_READ, cluster: "orders", channelPattern: "public:*")
      wide: may(operation: CHANNELS_READ, cluster: "orders", channelPattern: "*")
      binary: may(operation: KEYS_READ, key: "73657373696f6e3aff", encoding: HEX)
      group: may(operation: GROUPS_WRITE, cluster: "orders", key: "session:1", group: "hidden") } }`);
    expect(data.viewer).toMatchObject({
      name: 'somebody',
      isAuthenticated: true,
      grants: [{ clusters: ['Orders'], keys: ['session:*'], channels: ['public:*'], groups: ['workers'] }],
      own: true,
      other: false,
      elsewhere: false,
      any: true,
      users: false,
      pattern: true,
      wide: false,
      binary: true,
      group: false,
    });
    expect(data.viewer.grants[0].operations).toContain('GROUPS_ADMIN');
    expect(data.viewer.grants[0].operations).not.toContain('CLUSTERS_READ');
  });
});

describe('A write that shows earlier state', () => {
  const writer: Partial<Grant> = { ...frontEnd, operations: ['keys:write', 'groups:write'] };

  test('requires the permission to read it before anything is written', async () => {
    const set = 'setString(input: { cluster: "orders", key: "session:fresh", value: "x" })';
    const refused = await api.ask([writer], `mutation { ${set} { applied previous } }`);
    expect(refused.errors[0]).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('keys:read') });
    expect(await api.valkey.command('EXISTS', 'session:fresh')).toBe(0);
    const written = await api.ask([writer], `mutation { ${set} { applied key { value } } }`);
    expect(written.data.setString).toEqual({ applied: true, key: null });
    expect(codes(written)).toEqual(['FORBIDDEN setString.key']);
    await api.valkey.command('DEL', 'session:fresh');
  });

  test('requires the permission to read the key of an element before it is popped or moved', async () => {
    // The caller may read other keys, so that the check of the field alone would admit it.
    const readsOthers = { ...frontEnd, operations: ['keys:read'], keys: ['public:*'] } as const;
    const fill = async () => {
      await api.valkey.command('DEL', 'session:list', 'session:set');
      await api.valkey.command('RPUSH', 'session:list', 'a');
      await api.valkey.command('SADD', 'session:set', 'a');
    };
    const between = (source: string, destination: string) =>
      `cluster: "orders", source: "${source}", destination: "${destination}"`;
    const writes = [
      ['popListElements(input: { cluster: "orders", key: "session:list" })', 'elements', '__typename'],
      ['popSetMembers(input: { cluster: "orders", key: "session:set" })', 'members', '__typename'],
      [`moveListElement(input: { ${between('session:list', 'session:list')} })`, 'element', 'moved'],
    ] as const;
    for (const [mutation, shown, hidden] of writes) {
      await fill();
      const refused = await api.ask([writer, readsOthers], `mutation { ${mutation} { ${shown} } }`);
      expect(refused.errors, mutation).toMatchObject([
        { code: 'FORBIDDEN', message: expect.stringContaining('keys:read') },
      ]);
      expect(refused.touched).toEqual([]);
      expect((await api.ask([writer], `mutation { ${mutation} { ${hidden} userErrors { code } } }`)).errors).toEqual(
        [],
      );
    }
    await api.valkey.command('DEL', 'session:list', 'session:set');
  });

  test('requires the permission to read the keys whose IDs it returns, or whose values it compares', async () => {
    // The caller may read other keys, so that the check of the field alone would admit it.
    const readsOthers = { ...frontEnd, operations: ['keys:read'], keys: ['public:*'] } as const;
    const [cluster, key] = ['cluster: "orders"', 'key: "session:StringKey"'];
    const operations = 'operations: [{ deleteKeys: { keys: ["session:StringKey"] } }]';
    for (const mutation of [
      `deleteKeys(input: { ${cluster}, keys: ["session:StringKey"] }) { deletedKeyIds }`,
      `setString(input: { ${cluster}, ${key}, value: "x", ifEquals: "value" }) { applied }`,
      `deleteStringIfEquals(input: { ${cluster}, ${key}, expected: "value" }) { deleted }`,
      `runTransaction(input: { ${cluster}, expect: [{ ${key}, value: "value" }], ${operations} }) { applied }`,
      `runTransaction(input: { ${cluster}, operations: [{ setString: { ${key}, value: "x", ifEquals: "v" } }] }) { applied }`,
      `runTransaction(input: { ${cluster}, operations: [{ incrementString: { ${key} } }] }) { results { integer } }`,
      `incrementSortedSetScore(input: { ${cluster}, key: "session:SortedSetKey", member: "n", by: 1 }) { score }`,
    ]) {
      const refused = await api.ask([writer, readsOthers], `mutation { ${mutation} }`);
      const error = { code: 'FORBIDDEN', message: expect.stringContaining('keys:read') };
      expect(refused.errors, mutation).toMatchObject([error]);
      expect(refused.touched, mutation).toEqual([]);
    }
    expect(await api.valkey.command('EXISTS', 'session:StringKey')).toBe(1);
  });

  test('requires the permission to read the number to which it adds', async () => {
    const [cluster, key] = ['cluster: "orders"', 'key: "session:SortedSetKey"'];
    const readsOthers = { ...frontEnd, operations: ['keys:read'], keys: ['public:*'] } as const;
    const [score] = [String(await api.valkey.command('ZSCORE', 'session:SortedSetKey', 'value'))];
    const increment = `incrementSortedSetScore(input: { ${cluster}, ${key}, member: "value", by: 0 })`;
    const add = 'operations: [{ incrementString: { key: "session:number" } }]';
    const transaction = `runTransaction(input: { ${cluster}, ${add} })`;
    for (const mutation of [
      `${increment} { score }`,
      `${transaction} { results { integer } }`,
      `${transaction} { results { ... on TransactionResult { text } } }`,
    ]) {
      const refused = await api.ask([writer, readsOthers], `mutation { ${mutation} }`);
      const error = { code: 'FORBIDDEN', message: expect.stringContaining('keys:read') };
      expect(refused.errors, mutation).toMatchObject([error]);
      expect(refused.touched, mutation).toEqual([]);
    }
    for (const mutation of [
      `${increment} { userErrors { code } }`,
      `${transaction} { applied results { error { code } } }`,
    ]) {
      expect((await api.ask([writer], `mutation { ${mutation} }`)).errors, mutation).toEqual([]);
    }
    expect(await api.valkey.command('ZSCORE', 'session:SortedSetKey', 'value')).toBe(score);
    await api.valkey.command('DEL', 'session:number');
  });

  test('must not bring a key that the caller may not read to a name that it may', async () => {
    const [hidden, shown] = ['session:hidden', 'session:shown'];
    const fill = async () => {
      await api.valkey.command('DEL', hidden, shown);
      await api.valkey.command('SET', hidden, 'secret');
    };
    const names = `cluster: "orders", key: "${hidden}", newKey: "${shown}"`;
    const between = `cluster: "orders", source: "${hidden}", destination: "${shown}"`;
    const renames = [`renameKey(input: { ${names} })`, `copyKey(input: { ${names} })`];
    const moves = [`moveListElement(input: { ${between} })`, `moveSetMember(input: { ${between}, member: "a" })`];
    const ask = (operations: string[], keys: string[], mutation: string) =>
      api.ask([writer, { ...frontEnd, operations, keys }], `mutation { ${mutation} { userErrors { code } } }`);
    for (const [permission, mutations] of [
      ['keys:read', [...renames, ...moves]],
      ['streams:read', renames],
      ['groups:read', renames],
    ] as const) {
      for (const mutation of mutations) {
        await fill();
        const refused = await ask([permission], [shown], mutation);
        expect(refused.errors, mutation).toMatchObject([
          { code: 'FORBIDDEN', message: expect.stringContaining(permission) },
        ]);
        expect(refused.touched, mutation).toEqual([]);
        for (const keys of [[hidden], [hidden, shown]]) {
          expect((await ask([permission], keys, mutation)).errors, mutation).toEqual([]);
        }
      }
    }
    for (const mutation of moves) expect((await ask(['streams:read'], [shown], mutation)).errors).toEqual([]);
    await api.valkey.command('DEL', hidden, shown);
  });

  test('requires the permission to write each key and stream of a transaction', async () => {
    for (const operation of [
      'deleteKeys: { keys: ["session:new", "private:StringKey"] }',
      'setString: { key: "private:StringKey", value: "x" }',
      'addSetMembers: { key: "private:new", members: ["x"] }',
      'addStreamEntry: { stream: "session:StreamKey", fields: [{ name: "f", value: "x" }] }',
    ]) {
      const operations = `operations: [{ setString: { key: "session:new", value: "x" } }, { ${operation} }]`;
      const document = `mutation { runTransaction(input: { cluster: "orders", ${operations} }) { applied } }`;
      const answer = await api.ask([writer], document);
      expect(answer.errors, operation).toMatchObject([{ code: 'FORBIDDEN' }]);
      expect(answer.touched).toEqual([]);
    }
  });

  test('requires the permission to add entries to the stream of each dead letter', async () => {
    const letter = ['reason', 'stream', 'group', 'consumer', 'entry-id', 'deliveries'].flatMap((name) => [
      `dead-letter-${name}`,
      name === 'stream' ? 'private:StreamKey' : 'x',
    ]);
    await api.valkey.command('XADD', 'session:dead', '*', 'f', 'v', ...letter);
    const grant = { ...frontEnd, operations: ['streams:write'] };
    const document =
      'mutation { redriveDeadLetters(input: { cluster: "orders", deadLetterStream: "session:dead" }) { redriven } }';
    const answer = await api.ask([grant], document);
    expect(answer.errors).toMatchObject([{ code: 'FORBIDDEN', message: expect.stringContaining('streams:write') }]);
    expect(await api.valkey.command('XLEN', 'session:dead')).toBe(1);
    await api.valkey.command('DEL', 'session:dead');
  });

  test('requires the permission to write both keys of a move', async () => {
    for (const [source, destination] of [
      ['session:ListKey', 'private:new'],
      ['private:ListKey', 'session:new'],
    ]) {
      const keys = `cluster: "orders", source: "${source}", destination: "${destination}"`;
      for (const mutation of [
        `moveListElement(input: { ${keys} }) { moved }`,
        `moveSetMember(input: { ${keys}, member: "value" }) { moved }`,
      ]) {
        const answer = await api.ask([writer], `mutation { ${mutation} }`);
        expect(answer.errors, mutation).toMatchObject([{ code: 'FORBIDDEN' }]);
        expect(answer.touched).toEqual([]);
      }
    }
  });

  test('or deletes entries for other groups requires the permission to delete them', async () => {
    const input =
      '{ cluster: "orders", stream: "session:StreamKey", group: "workers", entryIds: ["1-1"], delete: true }';
    const answer = await api.ask([writer], `mutation { acknowledgeEntries(input: ${input}) { acknowledged } }`);
    expect(answer.errors[0]).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('streams:write') });
    expect(answer.touched).toEqual([]);
  });
});

describe('A consumer group', () => {
  const create = (stream: string, group: string, more = '') =>
    `mutation { createConsumerGroup(input: { cluster: "orders", stream: "${stream}", group: "${group}"${more} }) { created userErrors { code } } }`;
  const admin: Partial<Grant> = { ...frontEnd, operations: ['groups:admin'], groups: ['*'] };
  const writer: Partial<Grant> = { ...admin, operations: ['groups:admin', 'streams:write'] };

  test('is created with its stream only by a caller with streams:write', async () => {
    const refused = await api.ask([admin], create('session:fresh', 'workers'));
    expect(refused.errors).toMatchObject([{ code: 'FORBIDDEN', message: expect.stringContaining('streams:write') }]);
    expect(await api.valkey.command('EXISTS', 'session:fresh')).toBe(0);
    const other: Partial<Grant> = { ...frontEnd, operations: ['streams:write'], keys: ['other:*'] };
    expect(codes(await api.ask([admin, other], create('session:fresh', 'workers')))).toEqual([
      'FORBIDDEN createConsumerGroup',
    ]);
    const created = await api.ask([writer], create('session:fresh', 'workers'));
    expect(created.data.createConsumerGroup).toEqual({ created: true, userErrors: [] });
    await api.valkey.command('DEL', 'session:fresh');
  });

  test('of an existing stream requires groups:admin only', async () => {
    const answer = await api.ask([admin], create('session:StreamKey', 'fresh'));
    expect(answer.data.createConsumerGroup).toEqual({ created: true, userErrors: [] });
    const again = await api.ask([admin], create('session:StreamKey', 'fresh', ', ifNotExists: true'));
    expect(again.data.createConsumerGroup).toEqual({ created: false, userErrors: [] });
    const twice = await api.ask([admin], create('session:StreamKey', 'fresh'));
    expect(twice.data.createConsumerGroup.userErrors).toEqual([{ code: 'ALREADY_EXISTS' }]);
    const wrong = await api.ask([admin], create('session:HashKey', 'fresh'));
    expect(wrong.data.createConsumerGroup.userErrors).toEqual([{ code: 'WRONG_TYPE' }]);
    await api.valkey.command('XGROUP', 'DESTROY', 'session:StreamKey', 'fresh');
  });
});

describe("This API's own keys and channels", () => {
  const all = { clusters: ['*'], keys: ['*'], channels: ['*'], groups: ['*'] };
  const data: Partial<Grant> = { ...all, operations: ['keys:*', 'channels:*', 'streams:*', 'groups:*'] };
  const admin: Partial<Grant> = { ...all, operations: ['*'] };
  const names = (answer: Answered): string[] =>
    answer.data.cluster.keys.nodes.map(({ name }: { name: string }) => name);

  test('are not listed, read or written for a caller with permissions for all data', async () => {
    await api.valkey.command('XADD', 'cachegraph:history:{secret}', '1-1', 'payload', 'x');
    const list = '{ cluster(name: "orders") { keys(first: 100) { nodes { name } } } }';
    const isOwn = (name: string): boolean => name.startsWith('cachegraph:');
    expect(names(await api.ask([data], list)).filter(isOwn)).toEqual([]);
    expect(names(await api.ask([admin], list)).filter(isOwn)).toContain('cachegraph:history:{secret}');

    const history = 'cluster: "orders", stream: "cachegraph:history:{secret}"';
    const attempts = [
      'mutation { deleteKeys(input: { cluster: "orders", keys: ["cachegraph:history:{secret}"] }) { deleted } }',
      `mutation { addStreamEntry(input: { ${history}, fields: [{ name: "f", value: "x" }] }) { entryId } }`,
      `subscription { streamEntries(${history}, after: "0") { entries { json } } }`,
      '{ cluster(name: "orders") { stream(name: "cachegraph:history:{secret}") { length } } }',
      'mutation { publish(input: { cluster: "orders", channel: "cachegraph:x", payload: "x" }) { receivers } }',
      'subscription { channelMessages(cluster: "orders", patterns: ["cachegraph:*"]) { messages { payload } } }',
      'subscription { channelMessages(cluster: "orders", patterns: ["__keyspace@0__:cachegraph:*"]) { messages { payload } } }',
      'subscription { channelMessages(cluster: "orders", channels: ["__keyspace@0__:cachegraph:x"]) { messages { payload } } }',
    ];
    for (const attempt of attempts) {
      expect((await api.ask([data], attempt)).errors, attempt).toMatchObject([
        { code: 'FORBIDDEN', message: expect.stringContaining('clusters:admin is required on this cluster') },
      ]);
      expect((await api.ask([admin], attempt)).errors, attempt).toEqual([]);
    }
  });
});

describe('Permissions in two grants', () => {
  test('do not combine', async () => {
    const answer = await api.ask(
      [
        { operations: ['keys:read'], clusters: ['orders'], keys: ['session:*'] },
        { operations: ['keys:read'], clusters: ['other'], keys: ['private:*'] },
        { operations: ['keys:write'], clusters: ['orders'], keys: ['other:*'] },
      ],
      '{ cluster(name: "orders") { name key(name: "private:StringKey") { name } } }',
    );
    expect(codes(answer)).toEqual(['FORBIDDEN cluster.key']);
  });
});

describe('A cluster that is unreachable or refuses this API', () => {
  test('reveals neither its address nor the user of this API without clusters:read', async () => {
    await using away = await openAccessApi();
    await away.valkey.command('ACL', 'SETUSER', 'default', '-get');
    const read = '{ cluster(name: "orders") { key(name: "session:StringKey") { ... on StringKey { value } } } }';
    const refused = await away.ask([frontEnd], read);
    expect(refused.errors).toMatchObject([{ code: 'PERMISSION_DENIED', message: expect.stringContaining('get') }]);
    await away.valkey.kill();
    const out = await away.ask([frontEnd], read);
    expect(out.errors).toMatchObject([{ code: 'CLUSTER_UNAVAILABLE' }]);
    expect(JSON.stringify([refused.errors, out.errors])).not.toMatch(/127\.0\.0\.1|User default/);
    await eventually(async () => {
      const seen = await away.ask(
        [{ ...frontEnd, operations: ['clusters:read'] }],
        '{ cluster(name: "orders") { dataAccess { error } } }',
      );
      expect(seen.data.cluster.dataAccess.error).toContain(`127.0.0.1:${away.valkey.port}`);
    });
  });
});
