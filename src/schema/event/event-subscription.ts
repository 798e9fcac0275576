import type { ResourceEventDelivery } from '../../domain/resource-event.js';
import { resourceEvents } from '../../resolvers/event/event.js';
import { builder } from '../builder.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { GapRef } from '../shared/gap.js';
import { guardedByParent, guardedByResolver } from '../shared/scopes.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { SubscriptionStartRef } from '../shared/subscription-start.js';
import { ResourceEventRef, ResourceKindEnum } from './event.js';

const ResourceEventDeliveryRef = builder.objectRef<ResourceEventDelivery>('ResourceEventDelivery').implement({
  extensions: { ...callerIndependent, ...guardedByParent('clusters:read', 'users:read') },
  description: 'Events that ElastiCache has listed together.',
  fields: (t) => ({
    events: t.field({
      type: [ResourceEventRef],
      nullable: false,
      description: 'The new events, oldest first. Empty if the delivery only reports a gap or the start.',
      resolve: ({ events }) => events,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description:
        'A report that events before this delivery were lost: TRIMMED if this API could not read them for so long that ElastiCache no ' +
        'longer has them, SLOW_SUBSCRIBER if the subscriber did not read fast enough; null otherwise.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description: 'Present only in the first delivery of a subscription with `announce: true`.',
      resolve: ({ started }) => started,
    }),
  }),
});

builder.subscriptionField('events', (t) =>
  t.field({
    type: ResourceEventDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments, ...guardedByResolver },
    description:
      'Events that ElastiCache records from now on, each once, of the resources that the caller may read: see the query `events`. FORBIDDEN if ' +
      'the caller may read none. ' +
      'All subscribers of a process share one poll (DescribeEvents), which is slower while ElastiCache throttles requests. Events that ' +
      'ElastiCache lists more than an hour late are not delivered.',
    args: {
      source: t.arg({ type: ResourceKindEnum, description: 'The kind of the resources. If omitted, all.' }),
      sourceName: t.arg.string({
        description: 'The name or ID of one resource, in any case. It requires `source`. If omitted, all of that kind.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether the first delivery has `started`. Every event after it is delivered.',
      }),
    },
    subscribe: (_root, args, context) => resourceEvents(context, args),
    resolve: (delivery) => delivery,
  }),
);
