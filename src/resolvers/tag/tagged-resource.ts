import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import { ownerOfNode, ownersOfNodes } from '../../domain/cluster/node-owners.js';
import { findNode } from '../cluster/cluster-node.js';
import { clusterByName } from '../cluster/cluster.js';
import { parameterGroupByName } from '../parameter-group/parameter-group.js';
import { requireInAllClusters, requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { existingSnapshot } from '../shared/existing-snapshot.js';
import type { Inventory } from '../shared/inventory.js';
import { snapshotByName } from '../snapshot/snapshot.js';
import { subnetGroupByName } from '../subnet-group/subnet-group.js';
import { userGroupById } from '../user/user-group.js';
import { userById } from '../user/user.js';

/** The type of the schema and the ID of an object. */
export interface ObjectId {
  readonly typename: string;
  readonly id: string;
}

/** A resource that has tags. */
export interface TaggedResource {
  readonly arn: string;
  /** Undefined for a resource that the schema has no type for. */
  readonly object?: ObjectId | undefined;
}

type Action = 'read' | 'admin';

interface Kind {
  /** The kind in ARNs. */
  readonly arnKind: string;
  requireAccess(this: void, context: Context, action: Action, id: string): void | Promise<void>;
  find(this: void, context: Context, id: string): Promise<object | null>;
}

const inCluster = (context: Context, action: Action, cluster: string): void =>
  requirePermission(context, `clusters:${action}`, { cluster });
const ofUsers = (context: Context, action: Action): void => requirePermission(context, `users:${action}`);
const inAllClusters = (context: Context, action: Action): void => requireInAllClusters(context, `clusters:${action}`);

const path = ['input', 'resource'];

/** The permission for a snapshot is that of its cluster, which its name does not contain. */
async function ofSnapshot(context: Context, action: Action, name: string): Promise<void> {
  if (action === 'admin') await existingSnapshot(context, name, path);
  else inCluster(context, action, (await context.inventory.snapshot(name))?.clusterName ?? '');
}

/** The types of the schema that have tags. */
const kinds: Readonly<Record<string, Kind>> = {
  Cluster: { arnKind: 'replicationgroup', requireAccess: inCluster, find: clusterByName },
  ClusterNode: {
    arnKind: 'cluster',
    requireAccess: (context, action, id) => inCluster(context, action, id.split('/', 1)[0] ?? ''),
    find: findNode,
  },
  User: { arnKind: 'user', requireAccess: ofUsers, find: userById },
  UserGroup: { arnKind: 'usergroup', requireAccess: ofUsers, find: userGroupById },
  ParameterGroup: { arnKind: 'parametergroup', requireAccess: inAllClusters, find: parameterGroupByName },
  SubnetGroup: { arnKind: 'subnetgroup', requireAccess: inAllClusters, find: subnetGroupByName },
  Snapshot: { arnKind: 'snapshot', requireAccess: ofSnapshot, find: snapshotByName },
};

/**
 * The resource with this ARN, which the caller may administer. ElastiCache checks that it exists.
 * @throws ExpectedFailure INVALID_INPUT, NOT_FOUND for a snapshot; Outage FORBIDDEN
 */
export async function resourceOfArn(context: Context, arn: string): Promise<TaggedResource> {
  const [, arnKind, name] = /^arn:[\w-]+:elasticache:[\w-]*:\d*:([a-z-]+):([\w.:-]{1,300})$/.exec(arn) ?? [];
  if (arnKind === undefined || name === undefined) {
    throw invalidInput('Expected a global ID or an ARN of ElastiCache, got another text.', path);
  }
  const object = await objectOfArn(context, arnKind, name.toLowerCase());
  // Nothing is known about another resource, so that the caller needs the permission for all.
  if (object) await kinds[object.typename]?.requireAccess(context, 'admin', object.id);
  else inAllClusters(context, 'admin');
  return { arn, object };
}

/** Undefined if the schema has no type for the kind. */
async function objectOfArn({ inventory }: Context, arnKind: string, name: string): Promise<ObjectId | undefined> {
  const [typename] = Object.entries(kinds).find(([, kind]) => kind.arnKind === arnKind) ?? [];
  if (typename !== 'ClusterNode') return typename === undefined ? undefined : { typename, id: name };
  // ElastiCache calls nodes cache clusters, and those in no replication group are clusters of this API.
  const cluster = ownerOfNode(name, ownersOfNodes(await inventory.clusters()));
  return cluster === name && (await inventory.cluster(cluster))?.isCacheCluster
    ? { typename: 'Cluster', id: cluster }
    : { typename, id: `${cluster}/${name}` };
}

/**
 * The resource with this ID, which the caller may administer.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT for an object without tags; Outage FORBIDDEN
 */
export async function resourceOfObject(context: Context, object: ObjectId): Promise<TaggedResource> {
  const kind = kinds[object.typename];
  if (!kind) {
    throw invalidInput(`Expected the ID of an object that has tags (${Object.keys(kinds).join(', ')}).`, path);
  }
  await kind.requireAccess(context, 'admin', object.id);
  return { arn: await arnOf(context, object), object };
}

async function arnOf({ inventory }: Context, { typename, id }: ObjectId): Promise<string> {
  const [clusterName = '', nodeName = ''] = typename === 'ClusterNode' ? id.split('/') : [id];
  const found = await readers[typename]?.(inventory, clusterName);
  if (!found) throw new ExpectedFailure('NOT_FOUND', 'There is no resource with this ID.', { path });
  const { arn } = found;
  if (arn === null) {
    throw new ExpectedFailure('NOT_SUPPORTED', 'A cluster of the configuration has no tags.', { path });
  }
  return typename === 'ClusterNode' ? `${arn.split(':').slice(0, 5).join(':')}:cluster:${nodeName}` : arn;
}

type Reader = (inventory: Inventory, id: string) => Promise<{ readonly arn: string | null } | null>;

/** How the resource with the ARN is read; for a node, its cluster. */
const readers: Readonly<Record<string, Reader>> = {
  Cluster: (inventory, name) => inventory.cluster(name),
  ClusterNode: (inventory, name) => inventory.cluster(name),
  User: (inventory, id) => inventory.user(id),
  UserGroup: (inventory, id) => inventory.userGroup(id),
  ParameterGroup: (inventory, name) => inventory.parameterGroup(name),
  SubnetGroup: (inventory, name) => inventory.subnetGroup(name),
  Snapshot: (inventory, name) => inventory.snapshot(name),
};

/** The object itself after the change. @throws Outage FORBIDDEN if the caller may not read it */
export async function readTagged(context: Context, { object }: TaggedResource): Promise<object | null> {
  const kind = object && kinds[object.typename];
  if (!kind) return null;
  await kind.requireAccess(context, 'read', object.id);
  return kind.find(context, object.id);
}

/** @throws Outage FORBIDDEN if the caller may not read the resource */
export async function requireRead(context: Context, { object }: TaggedResource): Promise<void> {
  const kind = object && kinds[object.typename];
  if (kind) await kind.requireAccess(context, 'read', object.id);
  else inAllClusters(context, 'read');
}
