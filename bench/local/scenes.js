import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createCluster } from '@redis/client';
import { waitUntilReplicationGroupAvailable, waitUntilReplicationGroupDeleted } from '@aws-sdk/client-elasticache';
import autocannon from 'autocannon';
import { available, create, nodesOf, onNode, remove } from './endpoint.js';

const shards = (NumNodeGroups, ReplicasPerNodeGroup, more = {}) => ({
  NumNodeGroups,
  ReplicasPerNodeGroup,
  AutomaticFailoverEnabled: true,
  ...more,
});

async function secondsOf(work) {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** Seconds from the request until the group is available. */
async function creation({ client }, shape) {
  const id = 'created';
  const seconds = await secondsOf(async () => available(client, await create(client, id, shape)));
  await remove(client, id);
  return seconds;
}

const keyCount = 100_000;

/** Writes the keys `key:0` and so on, each with 100 bytes. */
async function fill(socket) {
  const cluster = createCluster({ rootNodes: [{ socket }], RESP: 2 });
  await cluster.connect();
  const value = 'x'.repeat(100);
  for (let at = 0; at < keyCount; at += 1_000) {
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => cluster.set(`key:${at + index}`, value)));
  }
  await cluster.close();
}

async function keysIn(client, id) {
  const counts = await Promise.all(
    (await nodesOf(client, id)).map((socket) => onNode(socket, (node) => node.dbSize())),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function resharding({ client }, replicas) {
  const id = 'resharded';
  const { ConfigurationEndpoint } = await available(client, await create(client, id, shards(2, replicas)));
  await fill({ host: ConfigurationEndpoint.Address, port: ConfigurationEndpoint.Port });
  const seconds = await secondsOf(async () => {
    await client.modifyReplicationGroupShardConfiguration({
      ...{ ReplicationGroupId: id, NodeGroupCount: 3, ApplyImmediately: true },
    });
    await available(client, id);
  });
  // Replicas may be a moment behind.
  for (let tries = 0; (await keysIn(client, id)) !== keyCount * (1 + replicas); tries += 1) {
    if (tries === 100) throw new Error(`${await keysIn(client, id)} keys instead of ${keyCount * (1 + replicas)}`);
    await delay(50);
  }
  await remove(client, id);
  return seconds;
}

async function replicaAdded({ client }) {
  const id = 'scaled';
  await available(client, await create(client, id, { NumCacheClusters: 2 }));
  const seconds = await secondsOf(async () => {
    await client.increaseReplicaCount({ ReplicationGroupId: id, NewReplicaCount: 2, ApplyImmediately: true });
    await available(client, id);
  });
  await remove(client, id);
  return seconds;
}

/** MiB of anonymous memory of the largest of several nodes without data. Linux. */
async function nodeMemory({ client }) {
  const id = 'empty';
  await available(client, await create(client, id, shards(2, 1)));
  const sizes = await Promise.all(
    (await nodesOf(client, id)).map(async (socket) => {
      const info = await onNode(socket, (node) => node.info('server'));
      const [, pid] = /process_id:(\d+)/.exec(info);
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
      return Number(/^Anonymous:\s+(\d+) kB/m.exec(rollup)[1]) / 1024;
    }),
  );
  await remove(client, id);
  return Math.max(...sizes);
}

const groupCount = 50;
const describeSeconds = 5;

/** Describes of all groups that four connections get answered in a second. */
async function describes({ client, url }) {
  const ids = Array.from({ length: groupCount }, (_, index) => `many-${index}`);
  for (const id of ids) await create(client, id, { NumCacheClusters: 1 });
  for (const id of ids) await available(client, id);
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=DescribeReplicationGroups&Version=2015-02-02',
    connections: 4,
    duration: describeSeconds,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} answers were not 200`);
  await Promise.all(ids.map((id) => remove(client, id)));
  return result['2xx'] / describeSeconds;
}

/** Seconds between a state, as a describe of all groups shows it, and the end of the SDK's waiter for it. */
async function waiterDelay({ client }) {
  const id = 'awaited';
  const request = [{ client, maxWaitTime: 120 }, { ReplicationGroupId: id }];
  const after = async (wait, isReached) => {
    const ended = wait(...request).then(() => performance.now());
    for (;;) {
      const { ReplicationGroups } = await client.describeReplicationGroups({});
      if (isReached(ReplicationGroups.find(({ ReplicationGroupId }) => ReplicationGroupId === id)?.Status)) break;
      await delay(10);
    }
    const reachedAt = performance.now();
    return Math.max(0, (await ended) - reachedAt) / 1000;
  };
  await create(client, id, shards(3, 2, { TransitEncryptionEnabled: true }));
  const created = await after(waitUntilReplicationGroupAvailable, (status) => status === 'available');
  await client.deleteReplicationGroup({ ReplicationGroupId: id });
  const deleted = await after(waitUntilReplicationGroupDeleted, (status) => status === undefined);
  return Math.max(created, deleted);
}

/** What is measured, how much it should be, and how. */
export const scenes = {
  '3 nodes available, s': { atMost: 1, measure: (to) => creation(to, { NumCacheClusters: 3 }) },
  '3 × 3 nodes with TLS available, s': {
    atMost: 4,
    measure: (to) => creation(to, shards(3, 2, { TransitEncryptionEnabled: true })),
  },
  'a replica added, s': { atMost: 1, measure: replicaAdded },
  '2 to 3 shards with 100,000 keys, s': { atMost: 10, measure: (to) => resharding(to, 0) },
  'the same with a replica each, s': { atMost: 10, measure: (to) => resharding(to, 1) },
  'anonymous memory of an empty node, MiB': { atMost: 6, measure: nodeMemory },
  'describes of 50 groups a second': { atLeast: 200, measure: describes },
  "an SDK's waiter after the state, s": { atMost: 2, measure: waiterDelay },
};
