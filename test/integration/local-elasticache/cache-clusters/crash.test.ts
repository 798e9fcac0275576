import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { cacheCluster, smallCache } from '../../../helpers/elasticache/cache-clusters.js';
import { unsettled, viewOf, type AccountView } from '../../../helpers/elasticache/kills/account-view.js';
import type { FileChange } from '../../../helpers/elasticache/kills/kill-at-file-change.js';
import {
  processesIn,
  startKillableEndpoint,
  type KillableEndpoint,
} from '../../../helpers/elasticache/kills/killable-endpoint.js';
import { builtScript } from '../../../helpers/run/built-programs.js';
import { eventually } from '../../../helpers/run/eventually.js';

/** Longer than the work of any operation on an empty node. */
const longestMs = 400;

async function settled(client: ElastiCache): Promise<AccountView> {
  return eventually(async () => {
    const view = await viewOf(client);
    expect(unsettled(view)).toEqual([]);
    return view;
  }, 30_000);
}

async function addressOf(client: ElastiCache, id: string): Promise<{ host: string; port: number }> {
  const { Address: host = '', Port: port = 0 } = (await cacheCluster(client, id)).CacheNodes![0]!.Endpoint!;
  return { host, port };
}

/** The change is stored, and nothing has begun. */
const begun: FileChange = { number: 2, when: 'after' };
/** Its work has begun. */
const inProgress: FileChange = { number: 5, when: 'before' };

interface Step {
  readonly name: string;
  readonly killAt: FileChange;
  /** The event that reports that it is not done, although it was acknowledged. */
  readonly givenUp?: RegExp;
  send(this: void, client: ElastiCache): Promise<unknown>;
  isDone(this: void, view: AccountView): boolean;
}

const hasNode = ({ nodes }: AccountView, id: string): boolean => nodes.some((node) => node.CacheClusterId === id);

const window = 'tue:06:30-tue:07:30';

const steps: readonly Step[] = [
  {
    name: 'create',
    killAt: begun,
    send: (client) => client.createCacheCluster({ ...smallCache, CacheClusterId: 'cache' }),
    isDone: (view) => hasNode(view, 'cache'),
  },
  {
    name: 'modify',
    killAt: begun,
    send: (client) =>
      client.modifyCacheCluster({
        CacheClusterId: 'cache',
        PreferredMaintenanceWindow: window,
        ApplyImmediately: true,
      }),
    isDone: ({ nodes }) =>
      nodes.some((one) => one.CacheClusterId === 'cache' && one.PreferredMaintenanceWindow === window),
  },
  {
    name: 'make it a primary',
    killAt: begun,
    send: (client) =>
      client.createReplicationGroup({
        ReplicationGroupId: 'grown',
        ReplicationGroupDescription: 'Grown',
        PrimaryClusterId: 'cache',
      }),
    isDone: ({ groups }) => groups.some(({ ReplicationGroupId: id }) => id === 'grown'),
  },
  {
    name: 'add a replica',
    killAt: inProgress,
    send: (client) => client.createCacheCluster({ CacheClusterId: 'reader', ReplicationGroupId: 'grown' }),
    isDone: (view) => hasNode(view, 'reader'),
  },
  {
    name: 'remove the replica',
    killAt: inProgress,
    send: (client) => client.deleteCacheCluster({ CacheClusterId: 'reader' }),
    isDone: (view) => !hasNode(view, 'reader'),
  },
  {
    name: 'delete another with a final snapshot',
    killAt: inProgress,
    givenUp: /^Cache cluster extra is kept: it has no final snapshot yet\.$/,
    send: (client) => client.deleteCacheCluster({ CacheClusterId: 'extra', FinalSnapshotIdentifier: 'last' }),
    isDone: (view) => !hasNode(view, 'extra'),
  },
];

it('an endpoint that is killed during changes of cache clusters leaves them whole', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-caches-'));
  const dataDir = join(folder, 'data');
  const program = builtScript('elasticache/endpoint-process');
  const start = async (): Promise<KillableEndpoint> => (await startKillableEndpoint(program, dataDir))!;
  let endpoint = await start();
  let address: { host: string; port: number } | undefined;
  try {
    await endpoint.client.createCacheCluster({ ...smallCache, CacheClusterId: 'extra' });
    await settled(endpoint.client);
    for (const { name, killAt, givenUp, send, isDone } of steps) {
      endpoint.killAt(killAt);
      const isAcknowledged = await send(endpoint.client).then(
        () => true,
        () => false,
      );
      await Promise.race([endpoint.ended, delay(longestMs)]);
      await endpoint.kill();
      await eventually(async () => expect(await processesIn(dataDir)).toEqual([]));
      endpoint = await start();
      const { client } = endpoint;
      const resumed = await settled(client);
      if (!isDone(resumed)) {
        const isReported = resumed.events.some(({ Message = '' }) => givenUp?.test(Message));
        expect(isAcknowledged && !isReported, `${name} was acknowledged`).toBe(false);
        await send(client);
      }
      const view = await settled(client);
      expect(isDone(view), name).toBe(true);
      // A process and a folder for each node, and a folder for each group and each cache cluster in none.
      expect(await processesIn(dataDir)).toHaveLength(view.nodes.length);
      const alone = view.nodes.filter(({ ReplicationGroupId }) => ReplicationGroupId === undefined);
      expect(await readdir(join(dataDir, 'nodes'))).toHaveLength(view.groups.length + alone.length);
      const node = await addressOf(client, 'cache');
      await using admin = await openAdmin(node);
      if (address) {
        expect(node).toEqual(address);
        expect(await admin.command('GET', 'greeting')).toBe('hello');
      }
      address = node;
      expect(await admin.command('SET', 'greeting', 'hello')).toBe('OK');
    }
    const { Snapshots: [last] = [] } = await endpoint.client.describeSnapshots({ SnapshotName: 'last' });
    expect(last).toMatchObject({ SnapshotStatus: 'available', CacheClusterId: 'extra' });
  } finally {
    await endpoint.kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
