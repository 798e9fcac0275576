import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import type { NodeFleet } from '../../../src/local-elasticache/nodes/interfaces.js';
import { startLocalElastiCache, type LocalElastiCacheOptions } from '../../../src/local-elasticache/server.js';
import { eventually } from '../run/eventually.js';
import { testLog } from '../run/test-log.js';
import { keepState } from '../run/written.js';

/** A local endpoint on a free port, and the real SDK's client for it. */
export interface TestElastiCache extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  readonly client: ElastiCache;
  /** Closes the endpoint and keeps its folder for another one. */
  stop(): Promise<void>;
}

/** Starts in a temporary folder, or in that of an earlier endpoint, which the scope then removes. */
export async function startElastiCache(
  fleet: NodeFleet,
  dataDir?: string,
  allowedHosts?: readonly string[],
  clock: Pick<LocalElastiCacheOptions, 'now' | 'tickMs'> = {},
): Promise<TestElastiCache> {
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'cachegraph-elasticache-')));
  const server = await startLocalElastiCache({
    host: '127.0.0.1',
    port: 0,
    allowedHosts,
    dataDir: directory,
    log: testLog(),
    fleet,
    ...clock,
  });
  const client = new ElastiCache({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  return {
    url: server.url,
    dataDir: directory,
    client,
    stop: () => server.close(),
    async [Symbol.asyncDispose]() {
      await server.close();
      client.destroy();
      keepState(directory);
      if (dataDir === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The minimal input for a replication group. */
export const smallGroup = {
  ReplicationGroupId: 'orders',
  ReplicationGroupDescription: 'Orders',
  Engine: 'valkey',
  CacheNodeType: 'cache.t3.small',
} as const;

/** Undefined if the group does not exist. Describes all groups, because that is never delayed. */
export async function groupStatus(client: ElastiCache, id: string): Promise<string | undefined> {
  const { ReplicationGroups = [] } = await client.describeReplicationGroups();
  return ReplicationGroups.find(({ ReplicationGroupId }) => ReplicationGroupId === id)?.Status;
}

/** Resolves when the group has the status; undefined for deleted. */
export async function groupStatusBecomes(client: ElastiCache, id: string, status: string | undefined): Promise<void> {
  await eventually(async () => {
    const now = await groupStatus(client, id);
    if (now !== status) throw new Error(`expected group ${id} to be ${status ?? 'gone'}, it is ${now ?? 'gone'}`);
  });
}
