import type { Resource } from '../../domain/access/access.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import type { Permission } from '../../domain/access/permissions.js';
import type { Context } from './context.js';

/** What a decision looks at: who asks, and what this API keeps for itself. */
export type PermissionContext = Pick<Context, 'principal' | 'realtime'>;

/** Whether the caller may do this to this very thing. */
export function hasPermission(context: PermissionContext, permission: Permission, resource: Resource = {}): boolean {
  return context.principal.access.may(permission, resource) && mayAccess(context, resource);
}

/**
 * To be called before anything is done to the thing, or found out of it.
 * @throws Outage FORBIDDEN, which says no more of the thing than that
 */
export function requirePermission(context: PermissionContext, permission: Permission, resource: Resource = {}): void {
  if (!context.principal.access.may(permission, resource)) throw permissionDenied(permission, resource);
  if (!mayAccess(context, resource)) throw permissionDenied('clusters:admin', { cluster: resource.cluster });
}

/**
 * What this API keeps for itself in a cluster, such as the history of channels that not everybody may read, is its
 * administrators' alone, whatever patterns it fits.
 */
function mayAccess(
  { principal, realtime }: PermissionContext,
  { cluster, key, channel, channelPattern }: Resource,
): boolean {
  const isOwn = [key, channel, channelPattern].some((name) => name && realtime.isOwn(name));
  return !isOwn || principal.access.may('clusters:admin', { cluster });
}

type Caller = Pick<Context, 'principal'>;

/** Whether a cluster of this name may be spoken of at all; to others it is as if there were none. */
export function canSeeCluster({ principal }: Caller, cluster: string): boolean {
  return principal.access.sees(cluster);
}

/** What every caller who sees a cluster is told of it. */
const openOfCluster: ReadonlySet<PropertyKey> = new Set<keyof Cluster>(['name', 'source', 'status']);

/**
 * The cluster as the caller may see it: whole, or with `clusters:read` demanded by each fact that is looked at, or not at
 * all. So its fields need no check of their own.
 */
export function visibleCluster(caller: Caller, cluster: Cluster | null): Cluster | null {
  return cluster && canSeeCluster(caller, cluster.name)
    ? guardFields(caller, cluster, cluster.name, openOfCluster)
    : null;
}

/** The thing of a cluster itself for who has `clusters:read` there; for others one that refuses all but what is open. */
export function guardFields<Thing extends object>(
  { principal }: Caller,
  thing: Thing,
  cluster: string,
  open: ReadonlySet<PropertyKey>,
): Thing {
  if (principal.access.may('clusters:read', { cluster })) return thing;
  return new Proxy(thing, {
    get(target, property) {
      // Symbols are not facts: libraries mark and look at objects by them.
      if (typeof property === 'string' && property in target && !open.has(property)) {
        throw permissionDenied('clusters:read', { cluster });
      }
      return Reflect.get(target, property);
    },
  });
}
