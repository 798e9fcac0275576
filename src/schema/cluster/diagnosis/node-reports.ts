import type { CommandStat } from '../../../datasources/valkey/values/nodes/command-stats.js';
import type { InfoEntry, InfoSection } from '../../../datasources/valkey/values/nodes/info.js';
import type { NodeMemory } from '../../../datasources/valkey/values/nodes/node-memory.js';
import {
  commandStatsOfNode,
  infoSectionsOfNode,
  memoryOfNode,
} from '../../../resolvers/cluster/diagnosis/node-reports.js';
import { builder } from '../../builder.js';
import { guardedByParent } from '../../shared/scopes.js';
import { ClusterNodeRef } from '../node/cluster-node.js';

const NodeMemoryRef = builder.objectRef<NodeMemory>('NodeMemory').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'The memory of a node, as it reports it.',
  fields: (t) => ({
    usedBytes: t.expose('usedBytes', { type: 'SafeInt', nullable: false, description: 'Bytes in use.' }),
    peakBytes: t.expose('peakBytes', {
      type: 'SafeInt',
      nullable: false,
      description: 'The most bytes in use since the node started.',
    }),
    maxBytes: t.expose('maxBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'Bytes that the node may use (`maxmemory`); null if there is no limit.',
    }),
    fragmentationRatio: t.exposeFloat('fragmentationRatio', {
      description:
        'Resident memory of the process divided by the bytes in use; null if the server does not report it. Above about 1.5, memory is ' +
        'wasted; below 1, it is swapped.',
    }),
    policy: t.exposeString('policy', {
      description: 'Which keys are evicted at the limit, e.g. `allkeys-lru`; null if the server does not report it.',
    }),
    overheadBytes: t.expose('overheadBytes', {
      type: 'SafeInt',
      nullable: false,
      description: 'Bytes for clients, replication and the tables of keys.',
    }),
    datasetBytes: t.expose('datasetBytes', {
      type: 'SafeInt',
      nullable: false,
      description: 'Bytes of the keys and values themselves.',
    }),
  }),
});

const CommandStatRef = builder.objectRef<CommandStat>('CommandStat').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'The use of one command on a node since the node started or its statistics were reset.',
  fields: (t) => ({
    command: t.exposeString('command', { nullable: false, description: 'The command, e.g. `get` or `config|get`.' }),
    calls: t.expose('calls', { type: 'SafeInt', nullable: false, description: 'How often it was executed.' }),
    totalMicroseconds: t.expose('totalMicroseconds', {
      type: 'SafeInt',
      nullable: false,
      description: 'The time of all executions together, in microseconds.',
    }),
    microsecondsPerCall: t.exposeFloat('microsecondsPerCall', {
      nullable: false,
      description: 'The average time of an execution, in microseconds.',
    }),
    failedCalls: t.expose('failedCalls', {
      type: 'SafeInt',
      nullable: false,
      description: 'Executions that failed, e.g. with WRONGTYPE.',
    }),
    rejectedCalls: t.expose('rejectedCalls', {
      type: 'SafeInt',
      nullable: false,
      description: 'Calls that were refused before execution, e.g. with NOPERM.',
    }),
  }),
});

const InfoEntryRef = builder.objectRef<InfoEntry>('InfoEntry').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'One line of INFO.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The name, e.g. `used_memory`.' }),
    value: t.exposeString('value', { nullable: false, description: 'The value as the server writes it.' }),
  }),
});

const InfoSectionRef = builder.objectRef<InfoSection>('InfoSection').implement({
  extensions: guardedByParent('nodes:read'),
  description: 'A section of INFO.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The title, e.g. `Memory`.' }),
    entries: t.field({
      type: [InfoEntryRef],
      nullable: false,
      description: 'The lines of the section in the order of the server.',
      resolve: ({ entries }) => entries,
    }),
  }),
});

const together = 'All fields of a node that INFO answers share one INFO.';

builder.objectFields(ClusterNodeRef, (t) => ({
  memory: t.field({
    authScopes: { may: 'nodes:read' },
    type: NodeMemoryRef,
    description: `The memory of the node (INFO memory). ${together}`,
    resolve: (node, _arguments, context) => memoryOfNode(context, node),
  }),
  commandStats: t.field({
    authScopes: { may: 'nodes:read' },
    type: [CommandStatRef],
    nullable: { list: true, items: false },
    description: `The commands on which the node spent the most time, highest total first (INFO commandstats). ${together}`,
    args: { first: t.arg.int({ required: true, defaultValue: 20, description: 'The most commands, 1 to 1000.' }) },
    resolve: (node, args, context) => commandStatsOfNode(context, node, args),
  }),
  infoSections: t.field({
    authScopes: { may: 'nodes:read' },
    type: [InfoSectionRef],
    nullable: { list: true, items: false },
    description: `Sections of INFO as they are, in the order of the server. ${together}`,
    args: {
      names: t.arg.stringList({
        description:
          'The names of sections in any case, 1 to 1000, e.g. `["memory", "keyspace"]`; sections that the server does not have are omitted. If ' +
          'omitted, the sections of INFO without arguments.',
      }),
    },
    resolve: (node, args, context) => infoSectionsOfNode(context, node, args),
  }),
}));
