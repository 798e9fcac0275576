import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createCluster } from '@redis/client';
import { waitUntilReplicationGroupAvailable, waitUntilReplicationGroupDeleted } from '@aws-sdk/client-elasticache';
import { cpuSeconds } from '../lib/cpu.js';
import { ask, end, start } from '../lib/processes.js';
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

/** Describes of 50 groups by four connections: answers in a second, and milliseconds of the endpoint's CPU for each. */
async function describes({ client, url, pid }, action) {
  const ids = Array.from({ length: groupCount }, (_, index) => `many-${index}`);
  for (const id of ids) await create(client, id, { NumCacheClusters: 1 });
  for (const id of ids) await available(client, id);
  const load = await start('http/load.js');
  const before = await cpuSeconds({ pid });
  const startedAt = performance.now();
  const perSecond = await ask(load, {
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `Action=${action}&Version=2015-02-02`,
    seconds: describeSeconds,
    connections: 4,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await cpuSeconds({ pid });
  await end(load.child.pid);
  await Promise.all(ids.map((id) => remove(client, id)));
  return { perSecond, cpuMs: ((after.pid - before.pid) * 1000) / (perSecond * seconds) };
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
  'describes of 50 groups a second': {
    atLeast: 200,
    measure: async (to) => (await describes(to, 'DescribeReplicationGroups')).perSecond,
  },
  // With a core of its own, the endpoint then answers 200 in a second, whatever else the machine does meanwhile.
  'CPU of a describe of 50 groups, ms': {
    atMost: 5,
    measure: async (to) => (await describes(to, 'DescribeReplicationGroups')).cpuMs,
  },
  'CPU of a describe of their cache clusters, ms': {
    atMost: 5,
    measure: async (to) => (await describes(to, 'DescribeCacheClusters')).cpuMs,
  },
  "an SDK's waiter after the state, s": { atMost: 2, measure: waiterDelay },
};
