import { ElastiCache } from '@aws-sdk/client-elasticache';
import { createClient } from '@redis/client';
import { startElastiCacheProcess } from '../lib/processes.js';

/** A local ElastiCache endpoint with real nodes in a process of its own, and AWS's SDK for it. */
export async function openEndpoint() {
  const { url, pid } = await startElastiCacheProcess();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new ElastiCache({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  return { url, pid, client };
}

const common = { ReplicationGroupDescription: 'bench', Engine: 'valkey', CacheNodeType: 'cache.t3.small' };

/** Resolves to the ID of a new group, which is not available yet. */
export async function create(client, ReplicationGroupId, shape) {
  await client.createReplicationGroup({ ReplicationGroupId, ...common, ...shape });
  return ReplicationGroupId;
}

/** Resolves to the group once it is available. A describe of one group in transition is held until that ends. */
export async function available(client, ReplicationGroupId) {
  for (;;) {
    const { ReplicationGroups } = await client.describeReplicationGroups({ ReplicationGroupId });
    const [group] = ReplicationGroups;
    if (group.Status === 'available') return group;
    if (group.Status.endsWith('failed')) throw new Error(`${ReplicationGroupId} is ${group.Status}`);
  }
}

export async function remove(client, ReplicationGroupId) {
  await client.deleteReplicationGroup({ ReplicationGroupId });
  for (;;) {
    const gone = await client.describeReplicationGroups({ ReplicationGroupId }).then(
      () => false,
      (error) => error.name === 'ReplicationGroupNotFoundFault',
    );
    if (gone) return;
  }
}

/** The endpoint of the primary of each node group, as clients of any node see it. */
export async function nodesOf(client, group) {
  const { CacheClusters } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
  return CacheClusters.filter(({ ReplicationGroupId }) => ReplicationGroupId === group).flatMap(({ CacheNodes }) =>
    CacheNodes.map(({ Endpoint }) => ({ host: Endpoint.Address, port: Endpoint.Port })),
  );
}

/** Runs commands on a node. */
export async function onNode(socket, work) {
  const node = createClient({ socket, RESP: 2 });
  await node.connect();
  try {
    return await work(node);
  } finally {
    node.destroy();
  }
}
