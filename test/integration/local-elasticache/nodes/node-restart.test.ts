import { once } from 'node:events';
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFree } from '../../../../src/local-elasticache/nodes/process/ports.js';
import { startProcess } from '../../../helpers/run/built-programs.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { enter, groupSpec, nodesOf, primaryOf, startFleet } from '../../../helpers/elasticache/fleet.js';

describe('a restarted fleet', () => {
  it.each([
    { title: 'without cluster mode', spec: groupSpec({ replicas: 1 }) },
    { title: 'with cluster mode', spec: groupSpec({ shards: 2, replicas: 1 }) },
  ])('keeps data, ports and roles, $title', async ({ spec }) => {
    await using fleet = await startFleet();
    const group = await fleet.start(spec);
    await group.failover('0001');
    {
      await using client = await enter(primaryOf(group));
      await client.command('SET', 'bar', 'kept');
    }
    const before = nodesOf(group);
    await fleet.close();
    await using again = await startFleet(fleet.dataDir);
    const restarted = await again.start(spec);
    expect(nodesOf(restarted)).toEqual(before);
    await using client = await enter(primaryOf(restarted));
    expect(await client.command('GET', 'bar')).toBe('kept');
  });

  it('keeps transactions and the deliveries of consumer groups', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    {
      await using client = await enter(primaryOf(group));
      await client.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
      await client.command('XADD', 'jobs', '1-1', 'work', 'a');
      await client.command('XREADGROUP', 'GROUP', 'workers', 'ada', 'STREAMS', 'jobs', '>');
      await client.command('MULTI');
      await client.command('SET', 'bar', 'kept');
      await client.command('EXEC');
    }
    await fleet.close();
    await using again = await startFleet(fleet.dataDir);
    await using client = await enter(primaryOf(await again.start(groupSpec({}))));
    expect(await client.command('GET', 'bar')).toBe('kept');
    expect(await client.command('XPENDING', 'jobs', 'workers')).toEqual([1, '1-1', '1-1', [['ada', '1']]]);
  });

  it('does not move a node whose port is in use meanwhile', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    const { port } = primaryOf(group);
    await fleet.close();
    await using other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await using again = await startFleet(fleet.dataDir);
    await expect(again.start(groupSpec({}))).rejects.toThrow(`Port ${port} on 127.0.0.1`);
  });

  it('keeps the certificate authority, with its key readable by the owner only', async () => {
    await using fleet = await startFleet();
    const certificate = await fleet.caCertificate();
    await using again = await startFleet(fleet.dataDir);
    expect(await again.caCertificate()).toBe(certificate);
    expect((await stat(join(fleet.dataDir, 'tls', 'ca.key'))).mode & 0o777).toBe(0o600);
  });

  it('loses no process and no data if its own process was killed', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-killed-'));
    const child = startProcess('elasticache/fleet-process', [dataDir]);
    const [ports] = (await once(child, 'message')) as [number[]];
    child.kill('SIGKILL');
    await eventually(async () => {
      expect(await Promise.all(ports.map((port) => isFree('127.0.0.1', port)))).toEqual(ports.map(() => true));
    });
    await using fleet = await startFleet(dataDir);
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    expect(nodesOf(group).map(({ port }) => port)).toEqual(ports);
    await using client = await enter(primaryOf(group));
    expect(await client.command('GET', 'kept')).toBe('yes');
  });
});

describe('a start', () => {
  it('that is cancelled leaves no process and no file', async () => {
    await using fleet = await startFleet();
    const cancel = new AbortController();
    const started = fleet.start(groupSpec({ shards: 2, replicas: 1 }), cancel.signal);
    const nodes = join(fleet.dataDir, 'nodes');
    await eventually(async () => expect(await readdir(join(nodes, 'orders'))).toContain('orders-0001-001'));
    cancel.abort();
    await expect(started).rejects.toThrow();
    expect(await readdir(nodes)).toEqual([]);
  });

  it('that fails gives the reason', async () => {
    await using fleet = await startFleet();
    const spec = { ...groupSpec({ replicas: 1 }), settings: { 'maxmemory-policy': 'nonsense' } };
    await expect(fleet.start(spec)).rejects.toThrow(/maxmemory-policy/);
    await expect(fleet.start({ ...spec, settings: { include: '/etc/passwd' } })).rejects.toThrow('include');
  });

  it('works alongside that of another fleet', async () => {
    await using one = await startFleet();
    await using two = await startFleet();
    const groups = await Promise.all([
      one.start(groupSpec({ replicas: 1 })),
      two.start(groupSpec({ replicas: 1 })),
      one.start(groupSpec({ id: 'other', replicas: 1 })),
    ]);
    expect(new Set(groups.flatMap(nodesOf).map(({ port }) => port)).size).toBe(6);
  });

  it('after a deletion starts without data', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    {
      await using client = await enter(primaryOf(group));
      await client.command('SET', 'bar', 'gone');
    }
    await group.destroy();
    expect(await readdir(join(fleet.dataDir, 'nodes'))).toEqual([]);
    await using client = await enter(primaryOf(await fleet.start(groupSpec({}))));
    expect(await client.command('DBSIZE')).toBe(0);
  });
});
