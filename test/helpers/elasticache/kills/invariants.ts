import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElastiCache, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { parseClusterNodes } from '../../../../src/local-elasticache/nodes/scaling/cluster-nodes.js';
import { parseSlots } from '../../../../src/domain/cluster/slot-ranges.js';
import type { AccountView } from './account-view.js';
import type { Access } from './key-client.js';
import { processesIn } from './killable-endpoint.js';
import { userValues } from './parameter-operations.js';

interface Invariants {
  readonly dataDir: string;
  readonly client: ElastiCache;
  readonly view: AccountView;
  accessTo(this: void, groupId: string): Access;
}

/** Checks the conditions that hold whenever nothing is in progress. @throws Error if one does not */
export async function checkInvariants({ dataDir, client, view, accessTo }: Invariants): Promise<void> {
  for (const group of view.groups) {
    const id = group.ReplicationGroupId!;
    const nodes = nodesOf(view, group);
    assert.deepEqual(
      nodes.map((node) => node.id).toSorted(),
      group.MemberClusters!.toSorted(),
      `members of ${id} are not its nodes`,
    );
    const members = group.NodeGroups!.flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers);
    assert.deepEqual(members.map(({ CacheClusterId }) => CacheClusterId).toSorted(), group.MemberClusters!.toSorted());
    if (group.ClusterEnabled) await checkSlots(group, nodes, accessTo(id));
    await checkRoles(group, nodes, accessTo(id));
    await checkParameters(client, view, group, nodes, accessTo(id));
  }
  await checkFiles(dataDir, view);
  const running = await processesIn(dataDir);
  assert.equal(running.length, view.nodes.length, 'there are other processes than those of the nodes');
}

interface Node {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

function nodesOf(view: AccountView, { ReplicationGroupId }: ReplicationGroup): Node[] {
  const own = view.nodes.filter((node) => node.ReplicationGroupId === ReplicationGroupId);
  return own.map(({ CacheClusterId, CacheNodes }) => {
    const { Address, Port } = CacheNodes![0]!.Endpoint!;
    return { id: CacheClusterId!, host: Address!, port: Port! };
  });
}

/** All nodes agree on the owners, which are those that are described, and no slot is open. */
async function checkSlots(group: ReplicationGroup, nodes: readonly Node[], access: Access): Promise<void> {
  const described = new Map<number, string>();
  for (const { NodeGroupId, Slots = '' } of group.NodeGroups!) {
    for (const slot of parseSlots(Slots)) {
      assert.ok(!described.has(slot), `slot ${slot} is described twice`);
      described.set(slot, NodeGroupId!);
    }
  }
  assert.equal(described.size, 16_384, 'not all slots are described');
  const shardAt = new Map(
    group.NodeGroups!.flatMap(({ NodeGroupId, NodeGroupMembers = [] }) =>
      nodes
        .filter(({ id }) => NodeGroupMembers.some(({ CacheClusterId }) => CacheClusterId === id))
        .map(({ port }) => [port, NodeGroupId!] as const),
    ),
  );
  for (const node of nodes) {
    await using admin = await openAdmin({ ...node, ...access });
    const text = String(await admin.command('CLUSTER', 'NODES'));
    assert.ok(!text.includes('['), `${node.id} has open slots`);
    const members = parseClusterNodes(text);
    assert.deepEqual(
      members.map(({ port }) => port).toSorted(),
      nodes.map(({ port }) => port).toSorted(),
      `${node.id} knows other nodes`,
    );
    const seen = members.flatMap(({ port, slots }) => slots.map((slot) => [slot, shardAt.get(port)] as const));
    assert.equal(seen.length, 16_384, `${node.id} sees ${seen.length} slots`);
    assert.ok(
      seen.every(([slot, shard]) => described.get(slot) === shard),
      `${node.id} sees other owners than are described`,
    );
  }
}

/** One primary in each shard; without cluster mode it is the described one. */
async function checkRoles(group: ReplicationGroup, nodes: readonly Node[], access: Access): Promise<void> {
  for (const { NodeGroupMembers = [], PrimaryEndpoint } of group.NodeGroups!) {
    const primaries: Node[] = [];
    for (const node of nodes) {
      if (!NodeGroupMembers.some(({ CacheClusterId }) => CacheClusterId === node.id)) continue;
      await using admin = await openAdmin({ ...node, ...access });
      const role = (await admin.command('ROLE')) as readonly string[];
      if (role[0] === 'master') primaries.push(node);
      else assert.equal(role[3], 'connected', `${node.id} is not in sync`);
    }
    assert.equal(primaries.length, 1, `primaries: ${primaries.map(({ id }) => id).join()}`);
    if (!group.ClusterEnabled) assert.equal(primaries[0]!.port, PrimaryEndpoint?.Port, 'another primary is described');
  }
}

/** The nodes run what is reported. INFO shows these parameters to clients. */
async function checkParameters(
  client: ElastiCache,
  view: AccountView,
  group: ReplicationGroup,
  nodes: readonly Node[],
  access: Access,
): Promise<void> {
  const own = view.nodes.find((node) => node.ReplicationGroupId === group.ReplicationGroupId);
  const name = own!.CacheParameterGroup!.CacheParameterGroupName!;
  const values = await userValues(client, name);
  const maxMemory = await memoryOf(client, group.CacheNodeType!);
  const reserved = Math.ceil((maxMemory * Number(values['reserved-memory-percent'] ?? 25)) / 100);
  for (const node of nodes) {
    await using admin = await openAdmin({ ...node, ...access });
    const info = String(await admin.command('INFO', 'memory'));
    const read = (field: string): string | undefined => new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1];
    assert.equal(
      read('maxmemory_policy'),
      values['maxmemory-policy'] ?? 'volatile-lru',
      `maxmemory-policy of ${node.id}`,
    );
    assert.equal(Number(read('maxmemory')), maxMemory - reserved, `maxmemory of ${node.id}`);
  }
}

async function memoryOf(client: ElastiCache, type: string): Promise<number> {
  const { EngineDefaults } = await client.describeEngineDefaultParameters({ CacheParameterGroupFamily: 'valkey8' });
  const found = EngineDefaults!.CacheNodeTypeSpecificParameters!.find((one) => one.ParameterName === 'maxmemory');
  return Number(found!.CacheNodeTypeSpecificValues!.find(({ CacheNodeType }) => CacheNodeType === type)!.Value);
}

const dataDirFiles = ['.gitignore', 'elasticache.json', 'lock', 'nodes', 'snapshots', 'tls'];
const nodeFiles = /^(appendonlydir|nodes\.conf|valkey\.log(\.1)?|dump\.rdb)$/;

/** Every file belongs to something that is described. */
async function checkFiles(dataDir: string, view: AccountView): Promise<void> {
  const list = (...path: string[]): Promise<string[]> => readdir(join(dataDir, ...path)).catch(() => []);
  const others = (await list()).filter((name) => !dataDirFiles.includes(name));
  assert.deepEqual(others, [], 'files are left in the data directory');
  const groups = view.groups.map(({ ReplicationGroupId }) => ReplicationGroupId!);
  assert.deepEqual((await list('nodes')).toSorted(), groups.toSorted(), 'folders of groups');
  for (const group of view.groups) {
    const id = group.ReplicationGroupId!;
    const own = (await list('nodes', id)).filter((name) => name !== 'group.json' && name !== 'tls');
    assert.deepEqual(own.toSorted(), group.MemberClusters!.toSorted(), `folders of the nodes of ${id}`);
    for (const node of own) {
      const left = (await list('nodes', id, node)).filter((name) => !nodeFiles.test(name));
      assert.deepEqual(left, [], `files are left in the folder of ${node}`);
    }
  }
  const folders = await list('snapshots');
  assert.equal(folders.length, view.snapshots.length, 'folders of snapshots');
  const files = await Promise.all(folders.map((folder) => list('snapshots', folder)));
  for (const own of files) assert.ok(own.length > 0 && own.every((file) => /^\d{4}\.rdb$/.test(file)), own.join());
}
