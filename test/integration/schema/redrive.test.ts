import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { eventually } from '../../helpers/run/eventually.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

const payload = '{ redriven remaining userErrors { code path message } }';

/** Lets a consumer of a group fail entries so often that they become dead letters. */
async function makeDeadLetters(api: DataApi, from: string, dead: string, count: number): Promise<void> {
  await api.mutate('createConsumerGroup', '{ created }', { stream: from, group: 'g', ifNotExists: true });
  for (let n = 1; n <= count; n += 1) {
    await api.mutate('addStreamEntry', '{ entryId }', {
      stream: from,
      fields: [
        { name: 'n', value: String(n) },
        { name: 'n', value: 'again' },
      ],
    });
  }
  const commands = await api.connections.commands('orders');
  const key = Buffer.from(from);
  await commands.send({ args: ['XREADGROUP', 'GROUP', 'g', 'failing', 'STREAMS', key, '>'], key });
  const options = `consumer: "other", claimIdleSeconds: 0.1, maxDeliveries: 1, deadLetterStream: "${dead}"`;
  const results = await api.subscribe(
    `subscription { groupEntries(cluster: "orders", stream: "${from}", group: "g", ${options}) { entries { deliveryCount } } }`,
  );
  // Nothing is delivered: all entries become dead letters meanwhile.
  const next = results.next();
  for (let length = 0; length < count;) {
    length = Number(await commands.send({ args: ['XLEN', Buffer.from(dead)], key: Buffer.from(dead) }));
  }
  await results.return();
  await next;
  // Its last script is not counted by the test then.
  await eventually(async () => {
    const consumers = await commands.send({ args: ['XINFO', 'CONSUMERS', key, 'g'], key });
    expect(JSON.stringify(consumers)).not.toContain(JSON.stringify(Buffer.from('other')));
  });
}

const redrive = (api: DataApi, input: object): Promise<any> => api.mutate('redriveDeadLetters', payload, input);

async function numbers(api: DataApi, stream: string): Promise<readonly string[]> {
  const { stream: read } = await api.cluster(
    `stream(name: "${stream}") { entries(first: 1000) { nodes { fields { name value } } } }`,
  );
  return (read?.entries.nodes ?? []).map(({ fields }: any) => {
    expect(fields.map(({ name }: any) => name)).toEqual(['n', 'n']);
    return fields[0].value;
  });
}

describe('redriveDeadLetters', () => {
  it('puts dead letters back in order, each once, with their own fields only, so that the group receives them', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await makeDeadLetters(api, 's', 'dead', 5);
    await server.command('XTRIM', 's', 'MAXLEN', '0');
    const counts = await commandsDuring([server], async () => {
      expect(await redrive(api, { deadLetterStream: 'dead', first: 2 })).toEqual({
        redriven: 2,
        remaining: 3,
        userErrors: [],
      });
    });
    // One more XDEL asks whether the user may delete letters.
    expect(counts).toMatchObject({ evalsha: 2, eval: 1, xadd: 2, xdel: 3 });
    expect(await numbers(api, 's')).toEqual(['1', '2']);
    expect(await redrive(api, { deadLetterStream: 'dead' })).toMatchObject({ redriven: 3, remaining: 0 });
    expect(await redrive(api, { deadLetterStream: 'dead' })).toMatchObject({ redriven: 0, remaining: 0 });
    expect(await numbers(api, 's')).toEqual(['1', '2', '3', '4', '5']);
    const received = await server.command('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>');
    expect(JSON.stringify(received).match(/again/g)).toHaveLength(5);
  });

  it('puts back those with the IDs, skips IDs that are gone, and refuses entries that are no dead letters', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await makeDeadLetters(api, 's', 'dead', 3);
    await server.command('XTRIM', 's', 'MAXLEN', '0');
    const { stream } = await api.cluster('stream(name: "dead") { entries { nodes { entryId } } }');
    const ids: string[] = stream.entries.nodes.map(({ entryId }: any) => entryId);
    const other = String(await server.command('XADD', 'dead', '*', 'n', '1', 'dead-letter-stream', 's'));
    expect(await redrive(api, { deadLetterStream: 'dead', entryIds: [ids[2], other] })).toMatchObject({
      redriven: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'entryIds', '1'] }],
    });
    expect(await redrive(api, { deadLetterStream: 'dead', entryIds: [ids[2], ids[0], ids[2], '1-1'] })).toEqual({
      redriven: 2,
      remaining: 2,
      userErrors: [],
    });
    expect(await numbers(api, 's')).toEqual(['3', '1']);
    expect(await redrive(api, { deadLetterStream: 'dead' })).toMatchObject({ redriven: 1, remaining: 1 });
    const none = { redriven: null, userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'deadLetterStream'] }] };
    expect(await redrive(api, { deadLetterStream: 'dead' })).toMatchObject(none);
    expect(await server.command('XRANGE', 'dead', '-', '+')).toHaveLength(1);
  });

  it('refuses keys of other types and wrong numbers, and finds nothing in a stream that does not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const code = async (input: object) => (await redrive(api, input)).userErrors[0];
    expect(await code({ deadLetterStream: 'k' })).toMatchObject({
      code: 'WRONG_TYPE',
      path: ['input', 'deadLetterStream'],
    });
    for (const first of [0, 1001]) {
      expect(await code({ deadLetterStream: 'd', first })).toMatchObject({ path: ['input', 'first'] });
    }
    expect(await code({ deadLetterStream: 'd', entryIds: [] })).toMatchObject({ path: ['input', 'entryIds'] });
    expect(await redrive(api, { deadLetterStream: 'd' })).toEqual({ redriven: 0, remaining: 0, userErrors: [] });
  });

  it('keeps a letter whose stream is now a key of another type, and says how many were redriven before it', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await makeDeadLetters(api, 'a', 'dead', 1);
    await makeDeadLetters(api, 'b', 'dead', 2);
    await server.command('DEL', 'b');
    await server.command('SET', 'b', 'v');
    await expect(redrive(api, { deadLetterStream: 'dead' })).rejects.toThrow(/1 dead letters were redriven, then one/);
    expect(await server.command('XLEN', 'dead')).toBe(2);
    expect(await redrive(api, { deadLetterStream: 'dead' })).toMatchObject({
      redriven: null,
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'deadLetterStream'] }],
    });
    expect(await server.command('XLEN', 'dead')).toBe(2);
  });

  it('adds each entry exactly once if two processes redrive at the same time', async () => {
    await using server = await startValkey();
    await using one = openDataApi(describeServer(server));
    await using two = openDataApi(describeServer(server));
    await makeDeadLetters(one, 's', 'dead', 40);
    await server.command('XTRIM', 's', 'MAXLEN', '0');
    const both = await Promise.all([one, two].map((api) => redrive(api, { deadLetterStream: 'dead' })));
    expect(both.map(({ redriven }) => Number(redriven)).reduce((sum, each) => sum + each)).toBe(40);
    expect((await numbers(one, 's')).toSorted()).toEqual(
      Array.from({ length: 40 }, (_, index) => String(index + 1)).toSorted(),
    );
  });

  it('names EVAL if scripts are denied, and changes nothing', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all' } });
    await using api = openDataApi(describeServer(server));
    await makeDeadLetters(api, 's', 'dead', 1);
    await server.command('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
    const { userErrors } = await redrive(api, { deadLetterStream: 'dead' });
    expect(userErrors).toMatchObject([{ code: 'NOT_SUPPORTED', path: ['input', 'deadLetterStream'] }]);
    expect(userErrors[0].message).toContain('EVAL');
    expect(await server.command('XLEN', 'dead')).toBe(1);
  });

  it('works over slots of a cluster, once within a slot and at least once over two', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const count = async (name: string, servers: readonly TestValkey[], work: () => Promise<unknown>) =>
      (await commandsDuring(servers, work))[name] ?? 0;
    for (const [from, dead, scripts] of [
      ['{s}', '{s}dead', 2],
      ['a', 'b', 0],
    ] as const) {
      await makeDeadLetters(api, from, dead, 2);
      // The first run of a script on a server is by its source.
      const used = await count('evalsha', cluster.primaries, async () => {
        expect(await redrive(api, { deadLetterStream: dead })).toEqual({ redriven: 2, remaining: 0, userErrors: [] });
      });
      expect(used).toBe(scripts);
      expect(await numbers(api, from)).toEqual(['1', '2', '1', '2']);
    }
  });
});
