import type { SlotStat } from '../../../datasources/valkey/values/nodes/slot-stats.js';
import { reportedNode } from '../../../resolvers/cluster/diagnosis/reported-node.js';
import { slotRanges, slotStats, type SlotRange } from '../../../resolvers/cluster/diagnosis/slots.js';
import { builder } from '../../builder.js';
import { guardedByParent } from '../../shared/scopes.js';
import { ClusterRef } from '../cluster.js';
import { ClusterNodeRef } from '../node/cluster-node.js';

const SlotRangeRef = builder.objectRef<SlotRange>('SlotRange').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'Consecutive hash slots that one primary serves.',
  fields: (t) => ({
    start: t.exposeInt('start', { nullable: false, description: 'The first slot, 0 to 16383.' }),
    end: t.exposeInt('end', { nullable: false, description: 'The last slot, inclusive.' }),
    node: t.field({
      authScopes: { may: 'clusters:read' },
      type: ClusterNodeRef,
      description: 'The primary that serves the slots; null if ElastiCache does not list it.',
      resolve: ({ clusterName, primary }, _arguments, context) => reportedNode(context, clusterName, primary),
    }),
  }),
});

const SlotStatOrderEnum = builder.enumType('SlotStatOrder', {
  description: 'The number by which slots are ordered, highest first.',
  values: {
    KEY_COUNT: { description: 'By `keyCount`.' },
    CPU: { description: 'By `cpuMicroseconds`.' },
    NETWORK_IN: { description: 'By `networkInBytes`.' },
    NETWORK_OUT: { description: 'By `networkOutBytes`.' },
  } as const,
});

const collected = 'null if the nodes do not collect it (`cluster-slot-stats-enabled`).';

const SlotStatRef = builder.objectRef<SlotStat>('SlotStat').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'The use of one hash slot.',
  fields: (t) => ({
    slot: t.exposeInt('slot', { nullable: false, description: 'The slot, 0 to 16383.' }),
    keyCount: t.expose('keyCount', { type: 'SafeInt', nullable: true, description: 'The number of keys in the slot.' }),
    cpuMicroseconds: t.expose('cpuMicroseconds', {
      type: 'SafeInt',
      nullable: true,
      description: `Time of commands on keys of the slot; ${collected}`,
    }),
    networkInBytes: t.expose('networkInBytes', {
      type: 'SafeInt',
      nullable: true,
      description: `Bytes received for the slot; ${collected}`,
    }),
    networkOutBytes: t.expose('networkOutBytes', {
      type: 'SafeInt',
      nullable: true,
      description: `Bytes sent for the slot; ${collected}`,
    }),
  }),
});

builder.objectFields(ClusterRef, (t) => ({
  slotRanges: t.field({
    authScopes: { may: 'nodes:read' },
    type: [SlotRangeRef],
    nullable: { list: true, items: false },
    description:
      'The hash slots and the primaries that serve them, as the nodes report them, in the order of slots. Fails with NOT_SUPPORTED if the ' +
      'cluster mode is disabled.',
    resolve: ({ name }, _arguments, context) => slotRanges(context, name),
  }),
  slotStats: t.field({
    authScopes: { may: 'nodes:read' },
    type: [SlotStatRef],
    nullable: { list: true, items: false },
    description:
      'The most used hash slots of all primaries, highest first (CLUSTER SLOT-STATS). Fails with NOT_SUPPORTED if the cluster mode is disabled, ' +
      'or the server does not have the command or does not collect the number.',
    args: {
      orderBy: t.arg({
        type: SlotStatOrderEnum,
        required: true,
        defaultValue: 'KEY_COUNT',
        description: 'The number by which slots are ordered.',
      }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'The most slots, 1 to 1000.' }),
    },
    resolve: ({ name }, args, context) => slotStats(context, name, args),
  }),
}));
