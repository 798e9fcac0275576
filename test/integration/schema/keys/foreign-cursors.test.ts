import { expect, it } from 'vitest';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

/** By the kind of connection: the command that adds three elements, the field of `Cluster`, and its connection. */
const kinds = {
  'fields of a hash': [['HSET', 'f1', '1', 'f2', '2', 'f3', '3'], 'hash', 'fields(first: 1'],
  'members of a set': [['SADD', 'a', 'b', 'c'], 'set', 'members(first: 1'],
  'members of a sorted set': [['ZADD', '1', 'a', '1', 'b', '1', 'c'], 'sortedSet', 'members(first: 1'],
  'members by rank': [['ZADD', '1', 'a', '1', 'b', '1', 'c'], 'sortedSet', 'membersByRank(first: 1'],
  'members by score': [['ZADD', '1', 'a', '1', 'b', '1', 'c'], 'sortedSet', 'membersByScore(range: {}, first: 1'],
  'members by bytes': [['ZADD', '1', 'a', '1', 'b', '1', 'c'], 'sortedSet', 'membersByLex(range: {}, first: 1'],
  'elements of a list': [['RPUSH', 'a', 'b', 'c'], 'list', 'elements(first: 1'],
} as const;

it.each(Object.entries(kinds))('a cursor of the %s of one key is refused for another', async (_kind, kind) => {
  const [[command, ...elements], field, connection] = kind;
  await using server = await startValkey();
  await using api = openDataApi(describeServer(server));
  for (const name of ['one', 'other']) await server.command(command, name, ...elements);
  const page = (name: string, after = '') =>
    `{ cluster(name: "orders") { ${field}(name: "${name}") { length ${connection}${after}) { edges { cursor } pageInfo { endCursor } } } } }`;
  const connectionOf = (found: any): any =>
    Object.values(found.cluster[field]).find((value) => typeof value === 'object');
  const { edges, pageInfo } = connectionOf(await api.data(page('one')));
  for (const cursor of [edges[0].cursor as string, pageInfo.endCursor as string]) {
    const after = `, after: "${cursor}"`;
    expect(connectionOf(await api.data(page('one', after))).edges).toHaveLength(1);
    const { errors } = await api.run(page('other', after));
    expect(errors).toMatchObject([{ originalError: { code: 'INVALID_INPUT', inputPath: ['after'] } }]);
    expect(errors![0]!.message).toBe('Expected a cursor of an earlier page of the same connection.');
  }
});
