import type { Resource } from '../../domain/access/access.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import type { Permission } from '../../domain/access/permissions.js';
import type { Context } from './context.js';

/** The parts of the context on which permissions depend: the caller, and the names that this API uses for itself. */
export type PermissionContext = Pick<Context, 'principal' | 'realtime'>;

/** Whether the caller has the permission for this resource. */
export function hasPermission(context: PermissionContext, permission: Permission, resource: Resource = {}): boolean {
  return context.principal.access.may(permission, resource) && mayAccess(context, resource);
}

/**
 * Must be called before the resource is read or changed.
 * @throws Outage FORBIDDEN, which does not reveal whether the resource exists
 */
export function requirePermission(context: PermissionContext, permission: Permission, resource: Resource = {}): void {
  if (!context.principal.access.may(permission, resource)) throw permissionDenied(permission, resource);
  if (!mayAccess(context, resource)) throw permissionDenied('clusters:admin', { cluster: resource.cluster });
}

/**
 * For what all clusters of the account share, such as parameter groups. Must be called before it is read or changed.
 * @throws Outage FORBIDDEN unless the caller has the permission in every cluster
 */
export function requireInAllClusters(context: PermissionContext, permission: 'clusters:read' | 'clusters:admin'): void {
  requirePermission(context, permission, { allClusters: true });
}

/**
 * Keys and channels that this API uses for itself require `clusters:admin`, whatever patterns a grant has. One of them is the
 * history of channels that the caller may not read.
 */
function mayAccess(
  { principal, realtime }: PermissionContext,
  { cluster, key, keyPattern, channel, channelPattern }: Resource,
): boolean {
  const isOwn = [key, keyPattern, channel, channelPattern].some((name) => name && realtime.isOwn(name));
  return !isOwn || principal.access.may('clusters:admin', { cluster });
}

type Caller = Pick<Context, 'principal'>;

/** Whether the caller may know that a cluster of this name exists. */
export function canSeeCluster({ principal }: Caller, cluster: string): boolean {
  return principal.access.sees(cluster);
}

/** A part of a message with facts about a cluster; without `clusters:read` there, `otherwise`. */
export function ifReadable(context: PermissionContext, cluster: string, details: string, otherwise = ''): string {
  return hasPermission(context, 'clusters:read', { cluster }) ? details : otherwise;
}

/** Facts of a cluster for every caller who may see it. */
const openOfCluster: ReadonlySet<PropertyKey> = new Set<keyof Cluster>(['name', 'source', 'status']);

/**
 * The cluster as the caller may see it: complete, or with a check of `clusters:read` on each fact that is read, or null. Its fields
 * therefore need no checks of their own.
 */
export function visibleCluster(caller: Caller, cluster: Cluster | null): Cluster | null {
  return cluster && canSeeCluster(caller, cluster.name)
    ? guardFields(caller, cluster, cluster.name, openOfCluster)
    : null;
}

/** The object itself if the caller has `clusters:read` in the cluster; otherwise a proxy that refuses all but the open properties. */
export function guardFields<Guarded extends object>(
  { principal }: Caller,
  object: Guarded,
  cluster: string,
  open: ReadonlySet<PropertyKey>,
): Guarded {
  if (principal.access.may('clusters:read', { cluster })) return object;
  return new Proxy(object, {
    get(target, property) {
      // Libraries read symbols to inspect objects; they are not facts.
      if (typeof property === 'string' && property in target && !open.has(property)) {
        throw permissionDenied('clusters:read', { cluster });
      }
      return Reflect.get(target, property);
    },
  });
}
