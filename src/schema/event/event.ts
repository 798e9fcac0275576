import type { ResourceEvent, ResourceKind } from '../../domain/resource-event.js';
import { events, eventsOfCluster } from '../../resolvers/event/event.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent, guardedByResolver } from '../shared/scopes.js';

const kindDescriptions: Readonly<Record<ResourceKind, string>> = {
  CLUSTER: 'A cluster (replication group), including its failovers, scaling and snapshots.',
  NODE: 'A node of a cluster (cache cluster).',
  USER: 'A user.',
  USER_GROUP: 'A user group.',
  PARAMETER_GROUP: 'A parameter group.',
  SUBNET_GROUP: 'A subnet group.',
  SNAPSHOT: 'A snapshot of a serverless cache.',
  SERVERLESS_CACHE: 'A serverless cache.',
  OTHER: 'A resource of a kind that this API does not know.',
};

export const ResourceKindEnum = builder.enumType('ResourceKind', {
  description: 'The kind of a resource of ElastiCache.',
  values: Object.fromEntries(
    Object.entries(kindDescriptions).map(([kind, description]) => [kind, { description }]),
  ) as Record<ResourceKind, { description: string }>,
});

export const ResourceEventRef = builder.objectRef<ResourceEvent>('ResourceEvent').implement({
  extensions: guardedByParent('clusters:read', 'users:read'),
  description: 'Something that has happened to a resource, as ElastiCache has recorded it.',
  fields: (t) => ({
    source: t.expose('source', { type: ResourceKindEnum, nullable: false, description: 'The kind of the resource.' }),
    sourceName: t.exposeString('sourceName', { nullable: false, description: 'The name or ID of the resource.' }),
    message: t.exposeString('message', { nullable: false, description: 'The event, in the words of ElastiCache.' }),
    at: t.expose('at', { type: 'DateTime', nullable: false, description: 'When it happened.' }),
  }),
});

const ResourceEventConnectionRef = builder.connectionObject(
  { type: ResourceEventRef, name: 'ResourceEventConnection', description: 'A page of events, newest first.' },
  { description: 'An event on a page.' },
);

const eventPageArguments = {
  ...pageArguments,
  ...builder.args((arg) => ({
    since: arg.field({
      type: 'DateTime',
      description: 'The time of the earliest event. If omitted, all that ElastiCache keeps: those of 14 days.',
    }),
  })),
};

builder.objectField(ClusterRef, 'events', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: ResourceEventConnectionRef,
    description:
      'The events of the cluster and of its nodes since it was created (DescribeEvents), newest first; null for a deployment from the ' +
      'configuration.',
    args: eventPageArguments,
    resolve: (cluster, args, context) => eventsOfCluster(context, cluster, args),
  }),
);

builder.queryField('events', (t) =>
  t.field({
    extensions: guardedByResolver,
    type: ResourceEventConnectionRef,
    description:
      'The events that ElastiCache has recorded (DescribeEvents), newest first, of the resources that the caller may read: events of ' +
      'clusters and nodes require `clusters:read` on the cluster, those of users and user groups `users:read`, and those of parameter groups, ' +
      'subnet groups and other shared resources `clusters:read` in all clusters. FORBIDDEN if the caller may read none of them.',
    args: {
      ...eventPageArguments,
      source: t.arg({ type: ResourceKindEnum, description: 'The kind of the resources. If omitted, all.' }),
      sourceName: t.arg.string({
        description: 'The name or ID of one resource, in any case. It requires `source`. If omitted, all of that kind.',
      }),
    },
    resolve: (_root, args, context) => events(context, args),
  }),
);
