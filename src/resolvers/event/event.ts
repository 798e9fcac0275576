import type { Resource } from '../../domain/access/access.js';
import type { Permission } from '../../domain/access/permissions.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import { ownerOfNode } from '../../domain/cluster/node-owners.js';
import { invalidInput } from '../../domain/errors.js';
import { type ResourceEvent, type ResourceEventDelivery, type ResourceKind } from '../../domain/resource-event.js';
import type { LiveSource } from '../../runtime/live-source.js';
import { hasPermission, requirePermission, type PermissionContext } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import type { Page, PageRequest } from '../shared/page.js';
import { pageOfEvents } from './event-page.js';

interface EventFilter {
  readonly source?: ResourceKind | null | undefined;
  readonly sourceName?: string | null | undefined;
}

/** ElastiCache refuses an earlier start; then all events that it has are read. */
const sinceEver = new Date(0);

/** ElastiCache's events that the caller may read. @throws Outage FORBIDDEN if it may read none of this kind */
export async function events(
  context: Context,
  { since, source, sourceName, ...page }: EventFilter & PageRequest & { readonly since?: Date | null | undefined },
): Promise<Page<ResourceEvent>> {
  checkFilter({ source, sourceName });
  requireSomeEvents(context, { source, sourceName });
  const start = since ?? sinceEver;
  const found =
    source == null
      ? await context.inventory.allEvents(start)
      : await context.inventory.eventsOf(source, sourceName ?? undefined, start);
  return pageOfEvents(
    found.filter((event) => event.at >= start && mayRead(context, event)),
    page,
  );
}

/** The events of a cluster and of its nodes. */
export async function eventsOfCluster(
  context: Context,
  { name, source, createdAt }: Cluster,
  { since, ...page }: PageRequest & { readonly since?: Date | null | undefined },
): Promise<Page<ResourceEvent> | null> {
  requirePermission(context, 'clusters:read', { cluster: name });
  if (source !== 'ELASTICACHE') return null;
  const found = await context.inventory.allEvents(since ?? sinceEver);
  // Earlier events may belong to a deleted cluster of the same name. ElastiCache states seconds only in some times.
  const from = Math.floor((createdAt?.getTime() ?? 0) / 1000) * 1000;
  return pageOfEvents(
    found.filter((event) => isOfCluster(event, name) && event.at.getTime() >= from),
    page,
  );
}

/** New events that the caller may read at the time of the delivery. @throws Outage FORBIDDEN if it may read none of this kind */
export function resourceEvents(
  context: PermissionContext & Pick<Context, 'eventWatch'>,
  { source, sourceName, announce }: EventFilter & { readonly announce: boolean },
): LiveSource<ResourceEventDelivery> {
  checkFilter({ source, sourceName });
  requireSomeEvents(context, { source, sourceName });
  const { eventWatch } = context;
  return eventWatch.events({
    source: source ?? undefined,
    sourceName: sourceName ?? undefined,
    announce,
    maySee: (event) => mayRead(context, event),
  });
}

/** Names are unique within a kind only. */
function checkFilter({ source, sourceName }: EventFilter): void {
  if (sourceName == null || source != null) return;
  throw invalidInput('Expected `source` together with `sourceName`.', ['source']);
}

/** A caller that may read no event is refused, like one of `clusterChanges`, instead of shown an empty list. */
function requireSomeEvents(context: PermissionContext, { source, sourceName }: EventFilter): void {
  if (source != null) requirePermission(context, ...permissionOn(source, sourceName ?? undefined));
  else if (!hasPermission(context, 'users:read')) requirePermission(context, 'clusters:read');
}

function mayRead(context: PermissionContext, event: ResourceEvent): boolean {
  const { source, sourceName } = event;
  return hasPermission(context, ...permissionOn(source, sourceName, clusterOfNodeEvent(event)));
}

/**
 * The permission for the events of a resource, or, without a name, for those of some resources of the kind. A node may have any name:
 * without its cluster, the permission is that for the nodes of some cluster.
 */
function permissionOn(source: ResourceKind, name: string | undefined, clusterOfNode?: string): [Permission, Resource] {
  switch (source) {
    case 'CLUSTER':
      return ['clusters:read', { cluster: name }];
    case 'NODE':
      return ['clusters:read', { cluster: clusterOfNode }];
    case 'USER':
    case 'USER_GROUP':
      return ['users:read', {}];
    case 'PARAMETER_GROUP':
    case 'SUBNET_GROUP':
    case 'SNAPSHOT':
    case 'SERVERLESS_CACHE':
    case 'OTHER':
      return ['clusters:read', { allClusters: true }];
  }
}

function clusterOfNodeEvent({ clusterName, sourceName }: ResourceEvent): string {
  return clusterName ?? ownerOfNode(sourceName, new Map());
}

function isOfCluster(event: ResourceEvent, name: string): boolean {
  if (event.source === 'CLUSTER') return event.sourceName.toLowerCase() === name;
  return event.source === 'NODE' && clusterOfNodeEvent(event) === name;
}
