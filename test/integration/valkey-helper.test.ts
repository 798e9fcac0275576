import { describe, expect, it } from 'vitest';
import { openAdmin } from '../../src/local-elasticache/nodes/admin.js';
import { startValkey, startValkeyCluster } from '../helpers/valkey/valkey.js';

describe('the real servers that tests run against', () => {
  it('come with users of their own and come back on the same port', async () => {
    await using server = await startValkey({
      args: ['--appendonly', 'yes'],
      users: { alice: 'on >canary-alice-password ~* &* +@all', default: 'off' },
    });
    const { host, port } = server;
    await server.command('SET', 'a', '1');
    await expect(openAdmin({ host, port, username: 'alice', password: 'canary-wrong' })).rejects.toThrow('WRONGPASS');
    await server.restart();
    await using alice = await openAdmin({ host, port, username: 'alice', password: 'canary-alice-password' });
    expect(await alice.command('GET', 'a')).toBe('1');
  });

  it('freeze and thaw', async () => {
    await using server = await startValkey();
    server.freeze();
    await expect(openAdmin({ ...server, timeoutMs: 100 })).rejects.toThrow();
    server.thaw();
    expect(await server.command('PING')).toBe('PONG');
  });

  it('form a cluster that serves all slots and replicates', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1 });
    expect(await cluster.primaries[0]!.command('CLUSTER', 'INFO')).toContain('cluster_slots_ok:16384');
    expect(await cluster.replicas[1]!.command('ROLE')).toEqual(
      expect.arrayContaining(['slave', '127.0.0.1', cluster.primaries[1]!.port]),
    );
  });
});
