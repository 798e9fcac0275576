import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../src/datasources/valkey/interfaces.js';
import { openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

/** Deletes the key right before each of these commands from now on, on the same connection. */
function deleteBefore(api: DataApi, command: string, key: string): void {
  const connect = api.connections.commands.bind(api.connections);
  api.connections.commands = async (...args) => {
    const commands = await connect(...args);
    const meet = ({ args: [name, subcommand] }: Command): void => {
      if (command === name || command === `${name} ${String(subcommand)}`) {
        void commands.send({ args: ['UNLINK', key], key: Buffer.from(key) });
      }
    };
    return {
      ...commands,
      send(sent) {
        meet(sent);
        return commands.send(sent);
      },
      post(sent, receiver) {
        meet(sent);
        commands.post(sent, receiver);
      },
    };
  };
}

const make: Readonly<Record<string, readonly string[]>> = {
  string: ['SET', 'k', 'v'],
  hash: ['HSET', 'k', 'f', 'v'],
  list: ['RPUSH', 'k', 'a'],
  set: ['SADD', 'k', 'a'],
  'sorted set': ['ZADD', 'k', '1', 'a'],
  stream: ['XADD', 'k', '*', 'f', 'v'],
};

const fragments: Readonly<Record<string, string>> = {
  string: 'StringKey { value length }',
  hash: 'HashKey { length allFields { name } field(name: "f") { value } fields(match: "f*") { nodes { name } } }',
  list: 'ListKey { length elements { nodes { value } } fromTail: elements(start: -1, reverse: true) { nodes { index } } element(index: -1) { value } }',
  set: 'SetKey { length members(match: "a*") { nodes { value } } contains(members: ["a", "b"]) randomMembers { value } }',
  'sorted set': 'SortedSetKey { length }',
  stream: 'StreamKey { length lastId entries { nodes { entryId } } groups { name } }',
};

const facts = 'ttlSeconds expiresAt memoryUsageBytes objectEncoding idleSeconds';
const everything = `${facts} ${Object.values(fragments)
  .map((fragment) => `... on ${fragment}`)
  .join(' ')}`;

/** The commands that read a key of a type, each with a selection in which it is not the first command. */
const reads: readonly (readonly [command: string, type: string, selection: string])[] = [
  ...['PTTL', 'PEXPIRETIME', 'MEMORY USAGE', 'OBJECT ENCODING'].flatMap((command) => [
    [command, 'string', `${facts} ... on StringKey { value }`] as const,
    [command, 'hash', `${facts} ... on HashKey { length }`] as const,
  ]),
  ['OBJECT ENCODING', 'list', 'objectEncoding'],
  ['GET', 'string', everything],
  ['STRLEN', 'string', everything],
  ['HLEN', 'hash', everything],
  ['HGETALL', 'hash', everything],
  ['HGETALL', 'hash', '... on HashKey { length allFields { name } }'],
  ['HGETALL', 'hash', '... on HashKey { allFields { name } }'],
  ['HGET', 'hash', '... on HashKey { length field(name: "f") { name } }'],
  ['HSCAN', 'hash', '... on HashKey { length fields { nodes { name } } }'],
  ['HSCAN', 'hash', '... on HashKey { ...page } '],
  ['HMGET', 'hash', '... on HashKey { length fields(match: "*f") { nodes { name } } }'],
  ['LLEN', 'list', everything],
  ['LRANGE', 'list', everything],
  ['LRANGE', 'list', '... on ListKey { length elements(start: -1) { nodes { value } } }'],
  ['LINDEX', 'list', '... on ListKey { length element(index: -1) { value } }'],
  ['SCARD', 'set', everything],
  ['SSCAN', 'set', '... on SetKey { length members { nodes { value } } }'],
  ['SMISMEMBER', 'set', '... on SetKey { length contains(members: ["a", "b"]) }'],
  ['SRANDMEMBER', 'set', '... on SetKey { length randomMembers(count: 2) { value } }'],
  ['ZCARD', 'sorted set', everything],
  ['XLEN', 'stream', everything],
  ['XINFO STREAM', 'stream', '... on StreamKey { length lastId }'],
  ['XINFO GROUPS', 'stream', '... on StreamKey { length groups { name } }'],
  ['XRANGE', 'stream', '... on StreamKey { length entries { nodes { entryId } } }'],
];
const page = 'fragment page on HashKey { length fields(match: $match) { edges { cursor } } }';

describe('A key that is deleted between two commands of one read does not exist', () => {
  test.each(reads)('%s, of a %s: %s', async (command, type, selection) => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const idOf = async () => (await api.cluster('key(name: "k") { id }')).key.id as string;
    await server.command(...make[type]!);
    const id = await idOf();
    deleteBefore(api, command, 'k');
    const declarations = selection.includes('...page') ? 'query ($match: String = "f*")' : 'query';
    const fragment = selection.includes('...page') ? page : '';
    const ofKey = `{ __typename ${selection} }`;
    const inCluster = (field: string) => `cluster(name: "orders") { ${field} }`;
    const ways: readonly (readonly [string, object])[] = [
      [inCluster(`key(name: "k") ${ofKey}`), { cluster: { key: null } }],
      [inCluster(`keysByName(names: ["k", "x"]) ${ofKey}`), { cluster: { keysByName: [null, null] } }],
      [inCluster(`keys { nodes ${ofKey} }`), { cluster: { keys: { nodes: [] } } }],
      [inCluster(`keys { edges { node ${ofKey} } }`), { cluster: { keys: { edges: [] } } }],
      [`node(id: "${id}") { ... on Key ${ofKey} }`, { node: null }],
      [`nodes(ids: ["${id}", "${id}"]) { ... on Key ${ofKey} }`, { nodes: [null, null] }],
    ];
    for (const [parent, expected] of ways) {
      await server.command(...make[type]!);
      const answer = await api.run(`${declarations} { ${parent} } ${fragment}`);
      expect(answer.errors, parent).toBeUndefined();
      expect(answer.data, parent).toEqual(expected);
    }
  });

  test('and does not exist in the payload of a mutation either', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    deleteBefore(api, 'HGETALL', 'k');
    deleteBefore(api, 'OBJECT ENCODING', 'k');
    const key = 'k';
    const fields = [{ name: 'f', value: 'v' }];
    const hash = '{ userErrors { code } key { length allFields { name } } }';
    expect(await api.mutate('setHashFields', hash, { key, fields })).toEqual({ userErrors: [], key: null });
    const more = [...fields, { name: 'g', value: 'v' }];
    await api.mutate('setHashFields', '{ added }', { key, fields: more });
    expect(await api.mutate('deleteHashFields', hash, { key, fields: ['g'] })).toEqual({ userErrors: [], key: null });
    const string = '{ key { name value objectEncoding } }';
    expect(await api.mutate('setString', string, { key, value: 'v' })).toEqual({ key: null });
    await server.command('SET', 'k', 'v');
    const expiry = { seconds: 60 };
    expect(await api.mutate('setKeyExpiry', '{ applied key { objectEncoding } }', { key, expiry })).toEqual({
      applied: true,
      key: null,
    });
  });

  test('while an existing key is read completely, including an empty stream and a missing field', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'f', 'v');
    await server.command('XADD', 's', '1-1', 'f', 'v');
    await server.command('XDEL', 's', '1-1');
    const { id } = (await api.cluster('hash(name: "h") { id }')).hash;
    const answer = await api.data(`{
      node(id: "${id}") { ... on HashKey { length allFields { name value } } }
      cluster(name: "orders") {
        hash(name: "h") { field(name: "none") { name } fields(match: "none") { nodes { name } } }
        stream(name: "s") { length lastId entries { nodes { entryId } } groups { name } }
      }
    }`);
    expect(answer).toEqual({
      node: { length: 1, allFields: [{ name: 'f', value: 'v' }] },
      cluster: {
        hash: { field: null, fields: { nodes: [] } },
        stream: { length: 0, lastId: '1-1', entries: { nodes: [] }, groups: [] },
      },
    });
  });
});
