import { describe, expect, it } from 'vitest';
import { createAccess, type Grant } from '../../../../src/domain/access/access.js';
import { openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { principal } from '../../../helpers/access/principals.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startSlowProxy } from '../../../helpers/valkey/tcp-proxy.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const fields = 'id status action dryRun scanned matched changed unconfirmed failed estimatedTotal error finishedAt';

async function start(api: DataApi, input: object) {
  const { job, userErrors } = await api.mutate(
    'startKeyJob',
    '{ job { id status } userErrors { code path message } }',
    input,
  );
  expect(userErrors).toEqual([]);
  return job.id as string;
}

/** Follows a job to its end. */
async function finished(api: DataApi, id: string, selection = fields): Promise<any> {
  let last: any;
  for await (const { data, errors } of await api.subscribe(
    `subscription { jobProgress(id: "${id}") { ${selection} } }`,
  )) {
    expect(errors).toBeUndefined();
    last = data.jobProgress;
  }
  return last;
}

async function run(api: DataApi, input: object, selection?: string): Promise<any> {
  return await finished(api, await start(api, input), selection);
}

const fill = (server: TestValkey, count: number, prefix = 'k') =>
  server.command('EVAL', `for at = 1, ${count} do redis.call("SET", "${prefix}:" .. at, "v") end`, '0');

const grant = (given: Partial<Grant>) =>
  principal(
    'somebody',
    createAccess([{ operations: ['keys:*'], clusters: ['*'], keys: [], channels: [], groups: [], ...given }]),
  );

describe('startKeyJob', () => {
  it('only counts and shows examples by default', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await fill(server, 1000);
    await fill(server, 500, 'other');

    const id = await start(api, { match: 'k:*', action: 'DELETE' });
    const job = await finished(api, id, `${fields} match type examples { name } cluster { name }`);
    expect(job).toMatchObject({ status: 'SUCCEEDED', dryRun: true, matched: 1000, changed: 0, failed: 0, error: null });
    expect(job).toMatchObject({ match: 'k:*', type: null, estimatedTotal: 1500, scanned: 1500 });
    expect(job.examples).toHaveLength(20);
    expect(job.finishedAt).not.toBeNull();
    expect(Number(await server.command('EXISTS', 'k:1', 'k:1000'))).toBe(2);

    await server.command('DEL', job.examples[0].name);
    const { node } = await api.data(`{ node(id: "${id}") { id ... on KeyJob { status examples { name } } } }`);
    expect(node).toMatchObject({ id, status: 'SUCCEEDED' });
    expect(node.examples).toHaveLength(19);
  });

  it('deletes exactly the keys that match, of one type if asked', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await fill(server, 3000);
    await server.command('HSET', 'k:hash', 'f', 'v');
    await server.command('SET', 'kept', 'v');
    // The bytes `k:`, NUL, a byte that is no UTF-8, CR and LF.
    const strange = { key: '6b3a00ff0d0a', encoding: 'HEX' };
    await api.mutate('setString', '{ applied }', { ...strange, value: 'v' });

    expect(await run(api, { match: 'k:*', action: 'DELETE', dryRun: false, type: 'HASH' })).toMatchObject({
      status: 'SUCCEEDED',
      matched: 1,
      changed: 1,
    });
    expect(await run(api, { match: 'k:*', action: 'DELETE', dryRun: false })).toMatchObject({
      status: 'SUCCEEDED',
      matched: 3001,
      changed: 3001,
      failed: 0,
    });
    expect(Number(await server.command('EXISTS', 'kept'))).toBe(1);
    expect(await api.cluster('key(name: "6b3a00ff0d0a", encoding: HEX) { name }')).toEqual({ key: null });
  });

  it('sets and removes expiries', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await fill(server, 100);
    const expire = { match: 'k:*', action: 'EXPIRE', dryRun: false, expiry: { seconds: 1000 } };
    expect(await run(api, expire)).toMatchObject({ status: 'SUCCEEDED', matched: 100, changed: 100 });
    expect(Number(await server.command('PTTL', 'k:7'))).toBeGreaterThan(900_000);
    await server.command('PERSIST', 'k:7');
    expect(await run(api, { match: 'k:*', action: 'PERSIST', dryRun: false })).toMatchObject({
      matched: 100,
      changed: 99,
      failed: 0,
    });
    expect(Number(await server.command('PTTL', 'k:8'))).toBe(-1);
  });

  it('never touches the keys of this API', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'cachegraph:history:{x}', 'v');
    await server.command('SET', 'cache', 'v');
    expect(await run(api, { match: '*', action: 'DELETE', dryRun: false })).toMatchObject({ matched: 1, changed: 1 });
    expect(Number(await server.command('EXISTS', 'cachegraph:history:{x}'))).toBe(1);
    expect((await api.data('{ jobs { nodes { status } } }')).jobs.nodes).toEqual([{ status: 'SUCCEEDED' }]);
  });

  it.each([
    [{ action: 'EXPIRE' }, ['input', 'expiry']],
    [{ action: 'DELETE', expiry: { seconds: 1 } }, ['input', 'expiry']],
    [{ action: 'EXPIRE', expiry: { policy: 'NEVER' } }, ['input', 'expiry', 'policy']],
    [{ action: 'EXPIRE', expiry: { seconds: -1 } }, ['input', 'expiry', 'seconds']],
    [{ action: 'DELETE', match: 'x'.repeat(257) }, ['input', 'match']],
    [{ action: 'DELETE', match: 'zz', encoding: 'HEX' }, ['input', 'match']],
  ])('refuses %j', async (input, path) => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const { userErrors, job } = await api.mutate('startKeyJob', '{ job { id } userErrors { code path } }', {
      match: '*',
      ...input,
    });
    expect({ userErrors, job }).toEqual({ userErrors: [{ code: 'INVALID_INPUT', path }], job: null });
  });

  it('requires the permission for every key that can match, and shows jobs to those only who have it', async () => {
    await using server = await startValkey();
    await using all = openDataApi(describeServer(server));
    await using some = openDataApi(describeServer(server), { principal: grant({ keys: ['session:*'] }) });
    await fill(server, 10, 'session');
    await fill(server, 10, 'private');

    const document = `mutation { startKeyJob(input: { cluster: "orders", match: "*", action: DELETE }) { job { id } } }`;
    expect((await some.run(document)).errors?.[0]?.message).toBe(
      'Permission denied: keys:write is required on all keys of this cluster.',
    );
    const hidden = await start(all, { match: '*', action: 'DELETE' });
    await finished(all, hidden);
    const seen = await start(some, { match: 'session:1*', action: 'DELETE' });
    // The number of keys that the caller may not read is not revealed.
    expect(await finished(some, seen)).toMatchObject({ matched: 2, scanned: 2, estimatedTotal: null });
    expect((await some.data('{ jobs { nodes { id } } }')).jobs.nodes).toEqual([{ id: seen }]);
    const refusal = 'Permission denied: keys:write is required on all keys of this cluster.';
    expect((await some.run(`{ node(id: "${hidden}") { id } }`)).errors?.[0]?.message).toBe(refusal);
    const progress = some.subscribe(`subscription { jobProgress(id: "${hidden}") { id } }`);
    await expect(progress).rejects.toThrow(refusal);
  });

  it('is shown with its counts, without the examples that the caller may not read, to a caller who may write its keys', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server), {
      principal: grant({ operations: ['keys:write'], keys: ['*'] }),
    });
    await fill(server, 30);
    const job = await run(api, { match: 'k:*', action: 'DELETE' }, `${fields} examples { name }`);
    expect(job).toMatchObject({ status: 'SUCCEEDED', matched: 30, examples: [] });
    const { nodes } = (await api.data(`{ jobs { nodes { id status matched examples { name } } } }`)).jobs;
    expect(nodes).toEqual([{ id: job.id, status: 'SUCCEEDED', matched: 30, examples: [] }]);

    const some = { clusters: ['*'], channels: [], groups: [] };
    const access = createAccess([
      { ...some, operations: ['keys:write'], keys: ['k:*'] },
      { ...some, operations: ['keys:read'], keys: ['k:7'] },
    ]);
    await using reader = openDataApi(describeServer(server), { principal: principal('reader', access) });
    const examples = 'matched examples { name }';
    expect(await run(reader, { match: 'k:[5-8]', action: 'DELETE' }, examples)).toEqual({
      matched: 4,
      examples: [{ name: 'k:7' }],
    });
  });

  it('is shown with its counts and the names and types of its examples while its cluster cannot be reached', async () => {
    await using server = await startValkey();
    await using proxy = await startSlowProxy(server);
    await using api = openDataApi(describeServer(proxy));
    await fill(server, 20_000);
    const id = await start(api, { match: 'k:*', action: 'PERSIST', dryRun: false });
    const state = async (selection: string) =>
      await api.run(`{ node(id: "${id}") { ... on KeyJob { ${selection} } } }`);
    await eventually(async () => {
      const { data } = await state('examples { name }');
      expect(data.node.examples).toHaveLength(20);
    });
    await server.kill();
    const { data, errors = [] } = await state('id status matched examples { name type ttlSeconds }');
    expect(data.node).toMatchObject({ id, status: 'RUNNING' });
    expect(data.node.examples).toHaveLength(20);
    for (const [at, example] of data.node.examples.entries()) {
      expect(example).toEqual({ name: expect.stringMatching(/^k:\d+$/), type: 'STRING', ttlSeconds: null });
      expect(errors[at]?.path).toEqual(['node', 'examples', at, 'ttlSeconds']);
    }
    await server.restart();
    await cancel(api, id);
  });

  it('counts keys that the ACL does not allow to change as failed', async () => {
    await using server = await startValkey({ users: { limited: 'on nopass ~mine:* ~cachegraph:* &* +@all' } });
    await fill(server, 100, 'mine');
    await fill(server, 100, 'theirs');
    await using api = openDataApi(describeServer(server));
    await api.connections.connect('orders', { username: 'limited', password: 'canary-any' });
    const job = await run(api, { match: '*', action: 'DELETE', dryRun: false });
    expect(job).toMatchObject({ status: 'SUCCEEDED', matched: 200, changed: 100, failed: 100 });
    expect(job.error).toContain('NOPERM');
  });

  it('limits the jobs that run in a cluster, and cancels', async () => {
    await using server = await startValkey();
    await using proxy = await startSlowProxy(server);
    await using api = openDataApi(describeServer(proxy), { jobs: { limits: { maxJobsPerCluster: 1 } } });
    await fill(server, 20_000);
    const id = await start(api, { match: '*', action: 'PERSIST', dryRun: false });
    const { userErrors } = await api.mutate('startKeyJob', '{ userErrors { code path message } }', {
      match: '*',
      action: 'DELETE',
    });
    expect(userErrors).toMatchObject([{ code: 'QUOTA_EXCEEDED', path: ['input', 'cluster'] }]);
    expect(await cancel(api, id)).toMatchObject({ status: 'CANCELLED', error: null });
    // The refused job left nothing.
    expect((await api.data('{ jobs { nodes { id status } } }')).jobs.nodes).toEqual([{ id, status: 'CANCELLED' }]);
    proxy.delay(0);
    await run(api, { match: 'k:1', action: 'DELETE' });
  });

  it('lists jobs in pages, the newest first', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      const id = await start(api, { match: 'none', action: 'DELETE' });
      await finished(api, id);
      ids.unshift(id);
    }
    const page = async (after: string | null) =>
      (
        await api.data(
          'query ($after: String) { jobs(cluster: "ORDERS", first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
          { after },
        )
      ).jobs;
    const found: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo } = await page(after);
      found.push(...nodes.map(({ id }: { id: string }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(found).toEqual(ids);
  });
});

async function cancel(api: DataApi, id: string) {
  const document =
    'mutation ($id: ID!) { cancelJob(input: { id: $id }) { job { id status error changed } userErrors { code path } } }';
  const { job, userErrors } = (await api.data(document, { id })).cancelJob;
  expect(userErrors).toEqual([]);
  return job;
}

describe('A job in another process', () => {
  it('is shown, followed and cancelled', async () => {
    await using server = await startValkey();
    await using proxy = await startSlowProxy(server);
    await using one = openDataApi(describeServer(proxy), { jobs: { timing: { renewMs: 50 } } });
    // `cancelJob` waits for three renewals.
    await using other = openDataApi(describeServer(server), { jobs: { timing: { renewMs: 10_000 } } });
    await fill(server, 20_000);
    const id = await start(one, { match: '*', action: 'PERSIST', dryRun: false });
    const following = finished(other, id);
    expect((await other.data('{ jobs { nodes { id status } } }')).jobs.nodes).toEqual([{ id, status: 'RUNNING' }]);
    expect(await cancel(other, id)).toMatchObject({ id, status: 'CANCELLED' });
    expect(await following).toMatchObject({ status: 'CANCELLED' });
  });

  it('is shown as FAILED if its process does not renew it, and as FAILED with the reason if its process closes', async () => {
    await using server = await startValkey();
    const timing = { renewMs: 10_000, staleMs: 300 };
    await using proxy = await startSlowProxy(server);
    await using one = openDataApi(describeServer(proxy), { jobs: { timing } });
    await using other = openDataApi(describeServer(server), { jobs: { timing } });
    await fill(server, 20_000);
    const id = await start(one, { match: '*', action: 'PERSIST', dryRun: false });
    const failed = await finished(other, id);
    expect(failed).toMatchObject({ status: 'FAILED', error: expect.stringContaining('has ended') });
    // Each answer has the same time, whichever process gives it.
    await using third = openDataApi(describeServer(server), { jobs: { timing } });
    const times = new Set<string>();
    for (let asked = 0; asked < 20; asked += 1) {
      for (const api of [other, third]) {
        const { node } = await api.data(`{ node(id: "${id}") { ... on KeyJob { finishedAt } } }`);
        times.add(node.finishedAt.toISOString());
      }
    }
    expect([...times]).toHaveLength(1);
    await cancel(one, id);

    {
      await using fourth = openDataApi(describeServer(proxy));
      await start(fourth, { match: '*', action: 'PERSIST', dryRun: false });
    }
    const { jobs } = await other.data('{ jobs(first: 1) { nodes { status error } } }');
    expect(jobs.nodes).toEqual([{ status: 'FAILED', error: expect.stringContaining('was shut down') }]);
  });
});

describe('In a cluster', () => {
  it('counts 100,000 keys of all shards exactly and deletes them', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const commands = await api.connections.commands('orders');
    for (let from = 0; from < 100_000; from += 10_000) {
      const names = Array.from({ length: 10_000 }, (_, at) => Buffer.from(`key-${from + at}`));
      await Promise.all(names.map((key) => commands.send({ args: ['SET', key, ''], key })));
    }
    await Promise.all(
      ['kept-1', 'kept-2'].map((key) => commands.send({ args: ['SET', key, ''], key: Buffer.from(key) })),
    );
    expect(await run(api, { match: 'key-*', action: 'DELETE' })).toMatchObject({ matched: 100_000, changed: 0 });
    expect(await run(api, { match: 'key-*', action: 'DELETE', dryRun: false })).toMatchObject({
      status: 'SUCCEEDED',
      matched: 100_000,
      changed: 100_000,
      failed: 0,
    });
    await eventually(async () => {
      const sizes = await Promise.all(cluster.primaries.map(async (node) => Number(await node.command('DBSIZE'))));
      // Two keys, and the records of the jobs with their index.
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
    });
  }, 60_000);
});

describe('A job while the cluster changes', () => {
  it('waits for a server that restarts, scans again, and deletes every key', async () => {
    await using server = await startValkey({ args: ['--appendonly', 'yes'] });
    await using api = openDataApi(describeServer(server), { jobs: { timing: { renewMs: 50 } } });
    await fill(server, 100_000);
    const id = await start(api, { match: 'k:*', action: 'DELETE', dryRun: false });
    const following = finished(api, id);
    await eventually(async () => {
      const { node } = await api.data(`{ node(id: "${id}") { ... on KeyJob { changed } } }`);
      if (node.changed === 0) throw new Error('No key has been deleted yet.');
    });
    await server.restart();
    const job = await following;
    expect(job).toMatchObject({ status: 'SUCCEEDED', failed: 0 });
    expect(Number(job.changed) + Number(job.unconfirmed)).toBe(100_000);
    const left = (await server.command('KEYS', 'k:*')) as unknown[];
    expect(left).toHaveLength(0);
  }, 60_000);

  it('does not miss keys of a slot that moves to a shard that was already scanned', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster), { jobs: { timing: { renewMs: 50 } } });
    const commands = await api.connections.commands('orders');
    const names = [
      ...Array.from({ length: 20_000 }, (_, at) => `key-${at}`),
      ...Array.from({ length: 50 }, (_, at) => `key-{moving}-${at}`),
    ];
    await Promise.all(names.map((key) => commands.send({ args: ['SET', key, ''], key: Buffer.from(key) })));
    const id = await start(api, { match: 'key-*', action: 'DELETE', dryRun: false });
    const following = finished(api, id);
    const moving = await beginToMove(cluster, '{moving}');
    await moving.finish();
    expect(await following).toMatchObject({ status: 'SUCCEEDED', changed: names.length, failed: 0 });
    for (const node of cluster.primaries) expect(await node.command('KEYS', 'key-*')).toHaveLength(0);
  }, 60_000);

  it('goes on after a failover', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1 });
    await using api = openDataApi(describeCluster(cluster), { jobs: { timing: { renewMs: 50 } } });
    const commands = await api.connections.commands('orders');
    const names = Array.from({ length: 60_000 }, (_, at) => `key-${at}`);
    for (let from = 0; from < names.length; from += 10_000) {
      await Promise.all(
        names.slice(from, from + 10_000).map((key) => commands.send({ args: ['SET', key, ''], key: Buffer.from(key) })),
      );
    }
    const id = await start(api, { match: 'key-*', action: 'DELETE', dryRun: false });
    const following = finished(api, id);
    await cluster.replicas[0]!.command('CLUSTER', 'FAILOVER');
    expect(await following).toMatchObject({ status: 'SUCCEEDED', failed: 0 });
    expect(await run(api, { match: 'key-*', action: 'DELETE' })).toMatchObject({ matched: 0 });
  }, 60_000);
});
