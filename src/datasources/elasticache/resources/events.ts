import { DescribeEventsCommand, type Event, type SourceType } from '@aws-sdk/client-elasticache';
import {
  compareEvents,
  numberOccurrences,
  type ResourceEvent,
  type ResourceKind,
} from '../../../domain/resource-event.js';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import type { EventsRequest } from '../shared-resources.js';
import type { NodeOwners } from './node-owners.js';
import { allPages } from './pages.js';
import { oneOf } from './shapes.js';

const kinds = {
  'replication-group': 'CLUSTER',
  'cache-cluster': 'NODE',
  user: 'USER',
  'user-group': 'USER_GROUP',
  'cache-parameter-group': 'PARAMETER_GROUP',
  'cache-subnet-group': 'SUBNET_GROUP',
  'serverless-cache': 'SERVERLESS_CACHE',
  'serverless-cache-snapshot': 'SNAPSHOT',
} as const satisfies Partial<Record<SourceType, ResourceKind>>;

/** The control plane's method for events of all resources. */
export function createEvents(calls: ElastiCacheCalls, owners: NodeOwners): Pick<ControlPlane, 'resourceEvents'> {
  return {
    async resourceEvents(request) {
      const sourceType = sourceTypeOf(request.source);
      const filter = {
        StartTime: request.since,
        SourceType: sourceType,
        // ElastiCache accepts a name only together with its type.
        SourceIdentifier: sourceType && request.sourceName,
      };
      const events = await allPages(async (Marker) => {
        const page = await calls.read((client) => client.send(new DescribeEventsCommand({ ...filter, Marker })));
        return { items: page.Events, marker: page.Marker };
      });
      const all = await withClusters(
        events.map((event) => eventOf(event, request)),
        owners,
      );
      return numberOccurrences(all).filter(isIn(request)).toSorted(compareEvents);
    },
  };
}

function sourceTypeOf(source: ResourceKind | undefined): SourceType | undefined {
  return Object.entries(kinds).find(([, kind]) => kind === source)?.[0] as SourceType | undefined;
}

function isIn({ source, sourceName }: EventsRequest) {
  const name = sourceName?.toLowerCase();
  return (event: { readonly source: ResourceKind; readonly sourceName: string }): boolean =>
    (source === undefined || event.source === source) &&
    (name === undefined || event.sourceName.toLowerCase() === name);
}

type NewEvent = Omit<ResourceEvent, 'occurrence'>;

async function withClusters(events: readonly NewEvent[], owners: NodeOwners): Promise<readonly NewEvent[]> {
  const nodes = events.flatMap(({ source, sourceName, at }) => (source === 'NODE' ? [{ name: sourceName, at }] : []));
  if (nodes.length === 0) return events;
  const ownerOf = await owners.of(nodes);
  return events.map((event) =>
    event.source === 'NODE' ? { ...event, clusterName: ownerOf(event.sourceName) } : event,
  );
}

function eventOf({ SourceIdentifier, SourceType, Message, Date: at }: Event, { sourceName, since }: EventsRequest) {
  return {
    source: oneOf<ResourceKind>(SourceType, kinds) ?? 'OTHER',
    sourceName: SourceIdentifier ?? sourceName ?? '',
    message: Message ?? '',
    at: at ?? since,
  };
}
