import assert from 'node:assert/strict';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import type { OperationFactory } from './operation.js';

const family = 'valkey8';
const policies = ['allkeys-lru', 'volatile-ttl', 'noeviction', 'volatile-lfu'];

/** The values of a parameter group that somebody set. */
export async function userValues(client: ElastiCache, name: string): Promise<Record<string, string>> {
  const { Parameters = [] } = await client.describeCacheParameters({ CacheParameterGroupName: name, Source: 'user' });
  return Object.fromEntries(Parameters.map((one) => [one.ParameterName!, one.ParameterValue!]));
}

const create: OperationFactory = ({ newName }) => {
  const name = newName('off');
  return {
    name: `create parameter group ${name}`,
    spanMs: 30,
    send: (client) =>
      client.createCacheParameterGroup({
        CacheParameterGroupName: name,
        CacheParameterGroupFamily: family,
        Description: 'Made by a test',
      }),
    check({ view }, isAcknowledged) {
      const exists = view.parameterGroups.some(({ CacheParameterGroupName: one }) => one === name);
      assert.ok(exists || !isAcknowledged, `${name} does not exist`);
    },
  };
};

const modify: OperationFactory = ({ random, before }) => {
  const name = random.pick(before.parameterGroups).CacheParameterGroupName!;
  const wanted = {
    'maxmemory-policy': random.pick(policies),
    'reserved-memory-percent': String(10 + random.integer(40)),
  };
  return {
    name: `modify parameter group ${name}`,
    spanMs: 60,
    send: (client) =>
      client.modifyCacheParameterGroup({
        CacheParameterGroupName: name,
        ParameterNameValues: Object.entries(wanted).map(([ParameterName, ParameterValue]) => ({
          ParameterName,
          ParameterValue,
        })),
      }),
    async check({ client }, isAcknowledged) {
      const found = await userValues(client, name);
      if (isAcknowledged) assert.deepEqual({ ...found, ...wanted }, found);
    },
  };
};

const reset: OperationFactory = ({ random, before }) => {
  const name = random.pick(before.parameterGroups).CacheParameterGroupName!;
  return {
    name: `reset maxmemory-policy of parameter group ${name}`,
    spanMs: 60,
    send: (client) =>
      client.resetCacheParameterGroup({
        CacheParameterGroupName: name,
        ParameterNameValues: [{ ParameterName: 'maxmemory-policy' }],
      }),
    async check({ client }, isAcknowledged) {
      const found = await userValues(client, name);
      if (isAcknowledged) assert.equal(found['maxmemory-policy'], undefined);
    },
  };
};

const remove: OperationFactory = ({ random, before }) => {
  const used = new Set(before.nodes.map(({ CacheParameterGroup: one }) => one?.CacheParameterGroupName));
  const unused = before.parameterGroups.filter(
    ({ CacheParameterGroupName: name = '' }) => /^off-\d/.test(name) && !used.has(name),
  );
  if (unused.length === 0) return undefined;
  const name = random.pick(unused).CacheParameterGroupName!;
  return {
    name: `delete parameter group ${name}`,
    spanMs: 30,
    send: (client) => client.deleteCacheParameterGroup({ CacheParameterGroupName: name }),
    check({ view }, isAcknowledged) {
      const exists = view.parameterGroups.some(({ CacheParameterGroupName: one }) => one === name);
      assert.ok(!exists || !isAcknowledged, `${name} exists`);
    },
  };
};

/** Makes a group use another parameter group. */
const replace: OperationFactory = ({ random, before }) => {
  const group = random.pick(before.groups);
  const prefix = group.ClusterEnabled ? 'on-' : 'off-';
  const names = before.parameterGroups.flatMap(({ CacheParameterGroupName: name = '' }) =>
    name.startsWith(prefix) ? [name] : [],
  );
  const [id, name] = [group.ReplicationGroupId!, random.pick(names)];
  return {
    name: `modify ${id} to use parameter group ${name}`,
    spanMs: 80,
    send: (client) =>
      client.modifyReplicationGroup({ ReplicationGroupId: id, CacheParameterGroupName: name, ApplyImmediately: true }),
    check({ view }, isAcknowledged) {
      if (!isAcknowledged) return;
      const found = view.nodes.filter(({ ReplicationGroupId }) => ReplicationGroupId === id);
      for (const node of found) assert.equal(node.CacheParameterGroup?.CacheParameterGroupName, name);
    },
  };
};

export const parameterOperations: readonly OperationFactory[] = [create, modify, modify, reset, remove, replace];
