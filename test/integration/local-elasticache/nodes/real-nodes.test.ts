import { waitUntilReplicationGroupAvailable, type ElastiCache, type Parameter } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { elastiCacheVocabulary, localEngineVocabulary } from '../../../../src/domain/user/command-table.js';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { startFleet } from '../../../helpers/elasticache/fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

const password = 'canary-good-Password-1';

async function primary(client: ElastiCache): Promise<{ host: string; port: number }> {
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
  const { Address, Port } = group!.NodeGroups![0]!.PrimaryEndpoint!;
  return { host: Address!, port: Port! };
}

async function available(client: ElastiCache): Promise<void> {
  await waitUntilReplicationGroupAvailable({ client, maxWaitTime: 30 }, { ReplicationGroupId: 'orders' });
}

it('creates a group that replicates, fails over, and restarts with its data and ports', async () => {
  await using fleet = await startFleet();
  await using first = await startElastiCache(fleet, fleet.dataDir);
  await first.client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 2, AutomaticFailoverEnabled: true });
  await available(first.client);
  const before = await primary(first.client);
  await using node = await openAdmin(before);
  await node.command('SET', 'greeting', 'hello');
  await replicatedTo(1, node);

  await first.client.testFailover({ ReplicationGroupId: 'orders', NodeGroupId: '0001' });
  await available(first.client);
  const after = await primary(first.client);
  expect(after.port).not.toBe(before.port);
  await first.stop();

  await using second = await startElastiCache(fleet, fleet.dataDir);
  await available(second.client);
  const { CacheClusters = [] } = await second.client.describeCacheClusters({ ShowCacheNodeInfo: true });
  const ports = CacheClusters.map(({ CacheNodes }) => CacheNodes![0]!.Endpoint!.Port);
  expect(ports.sort()).toEqual([before.port, after.port].sort());
  await using again = await openAdmin(await primary(second.client));
  expect(await again.command('GET', 'greeting')).toBe('hello');
});

it('admits users over TLS by their access strings, and applies a change to the running nodes', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  const { client } = local;
  const user = { UserId: 'app', UserName: 'app', Engine: 'valkey', Passwords: [password] };
  await client.createUser({ ...user, AccessString: 'on ~app:* +get +json.get +@search' });
  await client.createUserGroup({ UserGroupId: 'g', Engine: 'valkey', UserIds: ['app'] });
  await client.createReplicationGroup({ ...smallGroup, TransitEncryptionEnabled: true, UserGroupIds: ['g'] });
  await available(client);

  const address = { ...(await primary(client)), ca: await (await fetch(`${local.url}/ca.pem`)).text() };
  await expect(openAdmin({ ...address, username: 'app', password: 'canary-wrong-Password-1' })).rejects.toThrow(
    /WRONGPASS/,
  );
  await expect((async () => (await openAdmin(address)).command('PING'))()).rejects.toThrow(/NOAUTH/);
  await using app = await openAdmin({ ...address, username: 'app', password });
  expect(await app.command('GET', 'app:1')).toBeNull();
  await expect(app.command('SET', 'app:1', 'x')).rejects.toThrow(/NOPERM/);
  await expect(app.command('GET', 'other')).rejects.toThrow(/NOPERM/);

  await client.modifyUser({ UserId: 'app', AccessString: 'on ~* +@all (~* +@all)' });
  await eventually(() => app.command('SET', 'other', 'x'));
  for (const withheld of [['CONFIG', 'GET', 'dir'], ['ACL', 'LIST'], ['SHUTDOWN'], ['REPLICAOF', 'NO', 'ONE']]) {
    await expect(app.command(...withheld), withheld.join(' ')).rejects.toThrow(/NOPERM/);
  }

  await client.deleteUser({ UserId: 'app' });
  await eventually(() => expect(app.isOpen()).toBe(false));
});

it('requires an AUTH token: either one during a rotation, and only the latest once it is set', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  const { client } = local;
  await client.createReplicationGroup({
    ...smallGroup,
    TransitEncryptionEnabled: true,
    AuthToken: 'canary-first-token-12345',
  });
  await available(client);
  const address = { ...(await primary(client)), ca: await fleet.caCertificate() };
  const ping = async (token: string) => {
    await using node = await openAdmin({ ...address, password: token });
    return await node.command('PING');
  };
  expect(await ping('canary-first-token-12345')).toBe('PONG');
  const change = (AuthTokenUpdateStrategy: 'ROTATE' | 'SET') =>
    client.modifyReplicationGroup({
      ReplicationGroupId: 'orders',
      AuthToken: 'canary-second-token-6789',
      AuthTokenUpdateStrategy,
    });
  const pending = (await change('ROTATE')).ReplicationGroup?.PendingModifiedValues;
  expect(pending).toEqual({ AuthTokenStatus: 'ROTATING' });
  await groupStatusBecomes(client, 'orders', 'available');
  expect(await Promise.all([ping('canary-first-token-12345'), ping('canary-second-token-6789')])).toEqual([
    'PONG',
    'PONG',
  ]);
  expect((await change('SET')).ReplicationGroup?.PendingModifiedValues).toEqual({ AuthTokenStatus: 'SETTING' });
  await groupStatusBecomes(client, 'orders', 'available');
  const [group] = (await client.describeReplicationGroups({ ReplicationGroupId: 'orders' })).ReplicationGroups ?? [];
  expect(group?.PendingModifiedValues).toEqual({});
  expect(await ping('canary-second-token-6789')).toBe('PONG');
  await expect(ping('canary-first-token-12345')).rejects.toThrow(/WRONGPASS/);
});

it('applies each changed parameter to running nodes, and all of them at the next start', async () => {
  await using fleet = await startFleet();
  await using first = await startElastiCache(fleet, fleet.dataDir);
  const { client } = first;
  const mine = { CacheParameterGroupName: 'mine' };
  await client.createCacheParameterGroup({ ...mine, CacheParameterGroupFamily: 'valkey8', Description: 'd' });
  await client.createReplicationGroup({ ...smallGroup, ...mine });
  await available(client);
  const policy = async (endpoint: ElastiCache) => {
    await using node = await openAdmin(await primary(endpoint));
    return /maxmemory_policy:(\S+)/.exec(String(await node.command('INFO', 'memory')))?.[1];
  };

  const { Parameters = [] } = await client.describeCacheParameters(mine);
  const live = Parameters.filter(({ IsModifiable, ChangeType }) => IsModifiable && ChangeType === 'immediate');
  const others = live.filter(({ ParameterName }) => ParameterName !== 'maxmemory-policy');
  const set = (ParameterNameValues: Parameter[]) => client.modifyCacheParameterGroup({ ...mine, ParameterNameValues });
  for (let first = 0; first < others.length; first += 20) {
    const some = others.slice(first, first + 20);
    await set(some.map((parameter) => ({ ...parameter, ParameterValue: anotherValue(parameter) })));
  }
  await set([{ ParameterName: 'maxmemory-policy', ParameterValue: 'allkeys-lfu' }]);
  await eventually(async () => expect(await policy(client)).toBe('allkeys-lfu'));
  const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
  expect(Events.map(({ Message }) => Message)).toEqual(['Replication group orders created']);
  await first.stop();

  await using second = await startElastiCache(fleet, fleet.dataDir);
  await available(second.client);
  expect(await policy(second.client)).toBe('allkeys-lfu');
});

/** An allowed value other than the current one. */
function anotherValue({ ParameterName, ParameterValue = '', AllowedValues = '', DataType }: Parameter): string {
  if (ParameterName === 'notify-keyspace-events') return 'KEA';
  // A limit of a few bytes would disconnect every client.
  if (ParameterName?.startsWith('client-output-buffer-limit')) return '1000000000';
  if (ParameterName === 'rename-commands') return 'KEYS all-keys';
  if (DataType === 'string') return AllowedValues.split(',').find((value) => value !== ParameterValue)!;
  if (ParameterName === 'timeout') return '20';
  const next = Number(ParameterValue) + 1;
  const [, most] = /^\d+-(\d+)$/.exec(AllowedValues) ?? [];
  return String(most !== undefined && next > Number(most) ? next - 2 : next);
}

it('knows exactly the commands and categories of its engine', async () => {
  await using valkey = await startValkey();
  const commands = (await valkey.command('COMMAND', 'LIST')) as string[];
  const categories = ((await valkey.command('ACL', 'CAT')) as string[]).map((category) => `@${category}`);
  expect([...localEngineVocabulary].sort()).toEqual([...commands, ...categories, '@all'].sort());
  for (const name of localEngineVocabulary) expect(elastiCacheVocabulary).toContain(name);
});
