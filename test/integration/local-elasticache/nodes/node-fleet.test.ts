import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  enter,
  groupSpec,
  nodesOf,
  primaryOf,
  replicasOf,
  startFleet,
  userWithPassword,
} from '../../../helpers/elasticache/fleet.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

afterEach(() => void vi.unstubAllEnvs());

describe('a fleet of real nodes', () => {
  it('starts under a locale that is not installed', async () => {
    for (const name of ['LANG', 'LC_ALL', 'LC_COLLATE']) vi.stubEnv(name, 'xx_XX.UTF-8');
    await using fleet = await startFleet();
    await using client = await enter(primaryOf(await fleet.start(groupSpec({}))));
    expect(await client.command('PING')).toBe('PONG');
  });

  it.each([
    { title: 'without TLS', tls: false },
    { title: 'with TLS', tls: true },
  ])('starts a primary whose replicas have its data, $title', async ({ tls }) => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 2, tls }));
    const ca = tls ? { ca: await fleet.caCertificate() } : {};
    await using primary = await enter(primaryOf(group), ca);
    await primary.command('SET', 'greeting', 'hello');
    await replicatedTo(2, primary);
    for (const node of replicasOf(group)) {
      await using replica = await enter(node, ca);
      expect(await replica.command('GET', 'greeting')).toBe('hello');
    }
    expect(nodesOf(group).map(({ role, health }) => `${role} ${health}`)).toEqual([
      'primary available',
      'replica available',
      'replica available',
    ]);
  });

  it.each([
    { title: 'without TLS', tls: false },
    { title: 'with TLS', tls: true },
  ])('starts a cluster that serves all slots, $title', async ({ tls }) => {
    await using fleet = await startFleet();
    const group = await fleet.start(
      groupSpec({ shards: 2, replicas: 1, tls, users: [userWithPassword('alice', 'canary-p')] }),
    );
    const alice = { username: 'alice', password: 'canary-p', ...(tls ? { ca: await fleet.caCertificate() } : {}) };
    for (const node of nodesOf(group)) {
      await using client = await enter(node, alice);
      expect(await client.command('CLUSTER', 'INFO')).toContain('cluster_slots_ok:16384');
    }
    await using first = await enter(primaryOf(group, 0), alice);
    await expect(first.command('CLUSTER', 'MEET', '127.0.0.1', '1')).rejects.toThrow('NOPERM');
    await using stranger = await enter(primaryOf(group), { ...alice, username: 'default', password: '' }).catch(
      () => null,
    );
    expect(stranger).toBeNull();
  });
});
