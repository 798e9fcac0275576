import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grant } from '../../../src/domain/access/access.js';
import { isInClusters, permissions, type Permission } from '../../../src/domain/access/permissions.js';
import { schema } from '../../../src/schema/schema.js';
import { requiredPermissions } from '../../../src/schema/shared/required-permissions.js';
import { exampleJob, openAccessApi, type AccessApi } from '../../helpers/apis/access-api.js';
import { reaches, targetsOf, type Examples, type Target } from '../../helpers/schema/schema-paths.js';

const newUser = 'userId: "bob", userName: "bob", accessString: "on ~* +@all", authentication: { type: NO_PASSWORD }';
const inGroup = 'cluster: "orders", stream: "session:StreamKey", group: "workers"';

const clusterId = `"${Buffer.from('Cluster:orders').toString('base64')}"`;
const nodeId = `"${Buffer.from('ClusterNode:orders/orders-001').toString('base64')}"`;

/** Values of required arguments, all within the patterns of the limited role. */
const examples: Examples = {
  cluster: '"orders"',
  channel: '"public:1"',
  stream: '"session:StreamKey"',
  group: '"workers"',
  consumer: '"another"',
  userId: '"alice"',
  userGroupId: '"staff"',
  operation: 'KEYS_READ',
  id: `"${Buffer.from('Cluster:orders').toString('base64')}"`,
  ids: `["${Buffer.from('Cluster:orders').toString('base64')}"]`,
  'Query.cluster.name': '"orders"',
  'Cluster.key.name': (to) => `"session:${to?.name ?? 'StringKey'}"`,
  'Cluster.keysByName.names': '["session:StringKey"]',
  'Cluster.string.name': '"session:StringKey"',
  'Cluster.hash.name': '"session:HashKey"',
  'Cluster.stream.name': '"session:StreamKey"',
  'Cluster.list.name': '"session:ListKey"',
  'Cluster.set.name': '"session:SetKey"',
  'ListKey.element.index': '0',
  'SetKey.contains.members': '["value"]',
  'Cluster.sortedSet.name': '"session:SortedSetKey"',
  'Capabilities.commands.names': '["GET"]',
  'StringKey.range.start': '0',
  'StringKey.range.end': '-1',
  'StringKey.bit.offset': '0',
  'HashKey.field.name': '"f"',
  'SortedSetKey.membersByScore.range': '{}',
  'SortedSetKey.membersByLex.range': '{}',
  'SortedSetKey.count.range': '{}',
  'SortedSetKey.member.value': '"value"',
  'SortedSetKey.positions.members': '["value"]',
  'SortedSetKey.near.center': '{ member: "value" }',
  'SortedSetKey.near.radius': '1',
  'Subscription.channelMessages.channels': '["public:1"]',
  'Subscription.clusterChanges.cluster': '"orders"',
  'Subscription.keyChanges.name': (to) => `"session:${to?.name ?? 'StringKey'}"`,
  'Subscription.keyEvents.match': '"session:*"',
  'Mutation.createCluster.input': '{ name: "orders", ifNotExists: true }',
  'Mutation.modifyCluster.input': '{ cluster: "orders", description: "new" }',
  'Mutation.deleteCluster.input': '{ cluster: "orders" }',
  'Mutation.setReplicaCount.input': '{ cluster: "orders", replicasPerShard: 1 }',
  'Mutation.setShardCount.input': '{ cluster: "orders", shards: 1 }',
  'Mutation.setAuthToken.input': '{ cluster: "orders", strategy: DELETE }',
  'Query.parameterGroup.name': '"tuned"',
  'Query.subnetGroup.name': '"net"',
  'Mutation.createParameterGroup.input': '{ name: "more", family: "valkey8" }',
  'Mutation.modifyParameterGroup.input': '{ parameterGroup: "tuned", parameters: [{ name: "timeout", value: "1" }] }',
  'Mutation.resetParameterGroup.input': '{ parameterGroup: "tuned" }',
  'Mutation.deleteParameterGroup.input': '{ parameterGroup: "tuned" }',
  'Mutation.createSubnetGroup.input': '{ name: "more", subnetIds: ["subnet-1"] }',
  'Mutation.modifySubnetGroup.input': '{ subnetGroup: "net", description: "new" }',
  'Mutation.deleteSubnetGroup.input': '{ subnetGroup: "net" }',
  'Mutation.addTags.input': `{ resource: ${clusterId}, tags: [{ key: "team", value: "red" }] }`,
  'Mutation.removeTags.input': `{ resource: ${clusterId}, keys: ["team"] }`,
  'Mutation.testFailover.input': '{ cluster: "orders", shard: "0001" }',
  'Mutation.rebootNodes.input': '{ cluster: "orders", nodes: ["orders-0001-001"] }',
  'Mutation.promoteReplica.input': '{ cluster: "orders", node: "orders-0001-001" }',
  'Mutation.connectCluster.input': '{ cluster: "orders" }',
  'Mutation.disconnectCluster.input': '{ cluster: "orders" }',
  'Mutation.killClient.input': `{ nodeId: ${nodeId}, clientId: 999999999 }`,
  'Mutation.resetSlowLog.input': `{ nodeId: ${nodeId}, kind: LARGE_REPLY }`,
  'Query.snapshot.name': '"nightly"',
  'Mutation.createSnapshot.input': '{ cluster: "orders", name: "nightly" }',
  'Mutation.copySnapshot.input': '{ snapshot: "nightly", name: "copy" }',
  'Mutation.deleteSnapshot.input': '{ snapshot: "nightly" }',
  'Mutation.createUser.input': `{ ${newUser} }`,
  'Mutation.modifyUser.input': '{ userId: "alice", accessString: "off" }',
  'Mutation.deleteUser.input': '{ userId: "alice" }',
  'Mutation.createUserGroup.input': '{ userGroupId: "more", userIds: ["alice"] }',
  'Mutation.modifyUserGroup.input': '{ userGroupId: "staff", addUserIds: ["bob"] }',
  'Mutation.deleteUserGroup.input': '{ userGroupId: "staff" }',
  'Mutation.setString.input': '{ cluster: "orders", key: "session:new", value: "x" }',
  'Mutation.appendToString.input': '{ cluster: "orders", key: "session:appended", value: "x" }',
  'Mutation.setStringRange.input': '{ cluster: "orders", key: "session:new", offset: 1, value: "x" }',
  'Mutation.takeString.input': '{ cluster: "orders", key: "session:gone" }',
  'Mutation.incrementString.input': '{ cluster: "orders", key: "session:number" }',
  'Mutation.setBit.input': '{ cluster: "orders", key: "session:bits", offset: 1, value: true }',
  'Mutation.addToHyperLogLog.input': '{ cluster: "orders", key: "session:HyperLogLog", elements: ["x"] }',
  'Mutation.setHashFields.input': '{ cluster: "orders", key: "session:HashKey", fields: [{ name: "g", value: "x" }] }',
  'Mutation.incrementHashField.input': '{ cluster: "orders", key: "session:numbers", field: "n" }',
  'Mutation.setHashFieldExpiry.input':
    '{ cluster: "orders", key: "session:HashKey", fields: ["f"], expiry: { seconds: 10000 } }',
  'Mutation.deleteHashFields.input': '{ cluster: "orders", key: "session:HashKey", fields: ["gone"] }',
  'Mutation.pushListElements.input': '{ cluster: "orders", key: "session:ListKey", elements: ["x"] }',
  'Mutation.popListElements.input': '{ cluster: "orders", key: "session:gone" }',
  'Mutation.setListElement.input': '{ cluster: "orders", key: "session:ListKey", index: 0, value: "value" }',
  'Mutation.insertListElement.input':
    '{ cluster: "orders", key: "session:ListKey", where: AFTER, pivot: "none", value: "x" }',
  'Mutation.removeListElements.input': '{ cluster: "orders", key: "session:ListKey", value: "none" }',
  'Mutation.trimList.input': '{ cluster: "orders", key: "session:ListKey", start: 0, end: 0 }',
  'Mutation.moveListElement.input': '{ cluster: "orders", source: "session:ListKey", destination: "session:ListKey" }',
  'Mutation.addSetMembers.input': '{ cluster: "orders", key: "session:SetKey", members: ["x"] }',
  'Mutation.removeSetMembers.input': '{ cluster: "orders", key: "session:SetKey", members: ["none"] }',
  'Mutation.popSetMembers.input': '{ cluster: "orders", key: "session:gone" }',
  'Mutation.moveSetMember.input':
    '{ cluster: "orders", source: "session:SetKey", destination: "session:SetKey", member: "value" }',
  'Mutation.addSortedSetMembers.input':
    '{ cluster: "orders", key: "session:SortedSetKey", members: [{ value: "n", score: 1 }] }',
  'Mutation.incrementSortedSetScore.input': '{ cluster: "orders", key: "session:SortedSetKey", member: "n", by: 1 }',
  'Mutation.removeSortedSetMembers.input':
    '{ cluster: "orders", key: "session:SortedSetKey", which: { members: ["gone"] } }',
  'Mutation.popSortedSetMembers.input': '{ cluster: "orders", key: "session:gone" }',
  'Mutation.addGeoMembers.input':
    '{ cluster: "orders", key: "session:SortedSetKey", members: [{ value: "p", position: { longitude: 1, latitude: 1 } }] }',
  'Mutation.setKeyExpiry.input': '{ cluster: "orders", key: "session:StringKey", expiry: { seconds: 10000 } }',
  'Mutation.renameKey.input': '{ cluster: "orders", key: "session:gone", newKey: "session:new" }',
  'Mutation.copyKey.input': '{ cluster: "orders", key: "session:StringKey", newKey: "session:copy", replace: true }',
  'Mutation.deleteKeys.input': '{ cluster: "orders", keys: ["session:gone"] }',
  'Mutation.deleteStringIfEquals.input': '{ cluster: "orders", key: "session:StringKey", expected: "another" }',
  'Mutation.runTransaction.input':
    '{ cluster: "orders", operations: [{ deleteHashFields: { key: "session:HashKey", fields: ["gone"] } }] }',
  'Query.jobs.cluster': '"orders"',
  'Subscription.jobProgress.id': `"${exampleJob}"`,
  'Mutation.startKeyJob.input': '{ cluster: "orders", match: "session:gone*", action: DELETE }',
  'Mutation.createExport.input': '{ cluster: "orders", match: "session:*", type: STRING }',
  'Mutation.cancelJob.input': `{ id: "${exampleJob}" }`,
  'Mutation.publish.input': '{ cluster: "orders", channel: "public:1", payload: "x" }',
  'Mutation.addStreamEntry.input':
    '{ cluster: "orders", stream: "session:StreamKey", fields: [{ name: "f", value: "x" }], maxLength: 50 }',
  'Mutation.createConsumerGroup.input': `{ ${inGroup}, ifNotExists: true }`,
  'Mutation.acknowledgeEntries.input': `{ ${inGroup}, entryIds: ["99-99"] }`,
  'Mutation.extendEntries.input': `{ ${inGroup}, consumer: "c", entryIds: ["99-99"] }`,
  'Mutation.trimStream.input': '{ cluster: "orders", stream: "session:StreamKey", maxLength: 1000 }',
  'Mutation.redriveDeadLetters.input': '{ cluster: "orders", deadLetterStream: "session:gone" }',
  'Mutation.claimEntries.input': `{ ${inGroup}, consumer: "c", entryIds: ["99-99"] }`,
  'Mutation.deleteConsumer.input': `{ ${inGroup}, consumer: "gone" }`,
  'Mutation.setConsumerGroupPosition.input': `{ ${inGroup}, after: "0" }`,
  'Mutation.deleteConsumerGroup.input': `{ cluster: "orders", stream: "session:gone", group: "workers" }`,
  'Mutation.deleteStreamEntries.input': '{ cluster: "orders", stream: "session:StreamKey", entryIds: ["99-99"] }',
};

/** Types that no query can reach here: module keys, user errors, hash slots, and payloads of scaling, which this control plane refuses. */
const absent = new Set([
  ...['JsonKey', 'OtherKey', 'UserError', 'SetReplicaCountPayload', 'SetShardCountPayload'],
  // Without cluster mode, there are no hash slots.
  ...['SlotRange', 'SlotStat'],
]);

const inside = { clusters: ['orders'], keys: ['session:*'], channels: ['public:*'], groups: ['workers'] };

/** Fields that require the permission for all keys. */
const ofAllKeys = new Set(['Cluster.keyCount']);

/** Types of what all clusters share, and fields that lead to them: the permission must cover all clusters. */
const isOfAllClusters = ({ name }: Target): boolean => /parameter|subnetGroup|Subnet \(/i.test(name);

/** What is no secret to whoever may read any cluster. */
const isOfAnyCluster = ({ name }: Target): boolean => /engineVersions|nodeTypes|^EngineVersion|^NodeType/.test(name);

/** The permissions that resolvers check by the resource of the examples, which is a cluster. */
function withPermissionsOfResolver(target: Target): Target {
  const [root] = target.path;
  const mutation = /^Mutation\.(?:addTags|removeTags)$/.test(`${root?.type.name}.${root?.field.name}`);
  if (!mutation && !/^Mutation\.(?:addTags|removeTags)$/.test(target.name)) return target;
  const reads = /\.(?:resource|tags)$/.test(target.name);
  return { ...target, required: ['clusters:admin', ...(reads ? (['clusters:read'] as const) : [])] };
}

/** Events require one of two permissions; what a list of them has depends on both. */
const needsEvents = ({ name, path: [root] }: Target): boolean =>
  /^(?:Query|Subscription)\.events$/.test(root ? `${root.type.name}.${root.field.name}` : name);

/** Lists that omit items that the caller may not see, instead of failing. */
const listings: Readonly<Record<'clusters' | 'keys' | 'channels' | 'groups', ReadonlySet<string>>> = {
  // Snapshots of other clusters are left out, and do not exist for the caller's changes.
  clusters: new Set([
    'Query.snapshot',
    'Query.snapshots',
    'SnapshotConnection.edges',
    'SnapshotConnection.nodes',
    'SnapshotConnection.pageInfo',
    ...['copySnapshot', 'deleteSnapshot'].map((name) => `Mutation.${name}`),
    ...['CopySnapshotPayload', 'DeleteSnapshotPayload'].flatMap((type) => [`${type}.snapshot`, `${type}.userErrors`]),
  ]),
  keys: new Set([
    'Cluster.keys',
    'KeyConnection.edges',
    'KeyConnection.nodes',
    'KeyConnection.pageInfo',
    'KeyConnection (leaves)',
    'Cluster.keyTree',
    'Cluster.bigKeys',
    'BigKeys.keys',
    'BigKeys (leaves)',
    'KeyTree.keys',
    'KeyTree.prefixes',
    'KeyTree (leaves)',
    'Query.jobs',
    'KeyJobConnection.edges',
    'KeyJobConnection.nodes',
    'KeyJobConnection.pageInfo',
  ]),
  channels: new Set(['Cluster.channels']),
  groups: new Set(['StreamKey.groups']),
};

type Outcome = 'data' | 'FORBIDDEN' | 'nothing';

/** Clusters that the caller may not see do not exist for it, nor does their content. */
function needsSight({ path }: Target): boolean {
  return path.some(
    ({ type, to }) => type.name !== 'Subscription' && (to.name === 'Cluster' || to.name === 'ClusterEdge'),
  );
}

/** A subscription is decided by its root field. The permissions of fields within its events are checked for each event. */
function decidedWith({ path: [root], required }: Target): readonly Permission[] {
  return root?.type.name === 'Subscription' ? requiredPermissions(root.type, root.field) : required;
}

function expected(target: Target, granted: readonly Permission[]): Outcome {
  if (needsSight(target) && target.path[0]?.type.name === 'Query' && !granted.some(isInClusters)) return 'nothing';
  if (needsEvents(target)) {
    return granted.includes('clusters:read') || granted.includes('users:read') ? 'data' : 'FORBIDDEN';
  }
  return decidedWith(target).every((permission) => granted.includes(permission)) ? 'data' : 'FORBIDDEN';
}

describe('Each role receives data or FORBIDDEN according to its grants:', () => {
  let api: AccessApi;
  beforeAll(async () => {
    api = await openAccessApi();
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
  });

  const outcome = async ({ document, path }: Target, grants: readonly Partial<Grant>[]): Promise<Outcome> => {
    const { data, errors, touched } = await api.ask(grants, document);
    expect(
      errors.filter(({ code }) => code === 'INVALID'),
      document,
    ).toEqual([]);
    const refused = errors.find(({ code }) => code === 'FORBIDDEN');
    if (!refused) return document.startsWith('subscription') || reaches(data, path) ? 'data' : 'nothing';
    const isOfRoot = !refused.path.includes('.');
    if (isOfRoot && document.startsWith('mutation')) expect(touched, `${document} was refused`).toEqual([]);
    return 'FORBIDDEN';
  };

  const targets = targetsOf(schema, examples, absent).map(withPermissionsOfResolver);

  test.each(targets.map((target) => [target.name, target] as const))('%s', async (name, target) => {
    const scope = {
      ...inside,
      ...(ofAllKeys.has(name) && { keys: ['*'] }),
      ...(isOfAllClusters(target) && { clusters: ['*'] }),
    };
    const roles: Record<string, readonly Permission[]> = {
      nothing: [],
      everything: permissions,
      'the required permissions': target.required,
      ...Object.fromEntries(permissions.map((permission) => [permission, [permission]])),
      ...Object.fromEntries(
        permissions.map((permission) => [`all but ${permission}`, permissions.filter((other) => other !== permission)]),
      ),
    };
    const found: Record<string, Outcome> = {};
    const correct: Record<string, Outcome> = {};
    for (const [role, granted] of Object.entries(roles)) {
      found[role] = await outcome(target, [{ ...scope, operations: granted }]);
      correct[role] = expected(target, granted);
    }
    expect(found, target.document).toEqual(correct);
  });

  describe('and nothing outside the patterns of its grants:', () => {
    const nouns = {
      clusters: (permission: Permission) => isInClusters(permission),
      keys: (permission: Permission) => /^(?:keys|streams|groups):/.test(permission),
      channels: (permission: Permission) => permission.startsWith('channels:'),
      groups: (permission: Permission) => permission.startsWith('groups:'),
    };
    const cases = Object.entries(nouns).flatMap(([dimension, isOfKind]) =>
      targets
        .filter(({ required }) => required.some(isOfKind))
        .map((target) => [dimension as keyof typeof nouns, target.name, target] as const),
    );

    test.each(cases)('%s: %s', async (dimension, name, target) => {
      const elsewhere = await outcome(target, [{ ...inside, operations: permissions, [dimension]: ['elsewhere:*'] }]);
      const isListing = listings[dimension].has(name) || (dimension === 'clusters' && isOfAnyCluster(target));
      if (isListing) expect(elsewhere, target.document).toBe('data');
      else expect(['FORBIDDEN', 'nothing'], target.document).toContain(elsewhere);
      // One resource must be covered by a single grant.
      const split = await outcome(target, [
        { ...inside, operations: permissions, [dimension]: ['elsewhere:*'] },
        { ...inside, operations: ['server:read'] },
      ]);
      expect(split, target.document).toBe(elsewhere);
    });
  });
});
