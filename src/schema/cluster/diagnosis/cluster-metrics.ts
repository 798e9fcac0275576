import {
  hitRateOf,
  type ClusterMetrics,
  type NodeLoad,
  type NodeMetrics,
} from '../../../domain/cluster/cluster-metrics.js';
import { clusterMetrics, knownLoad } from '../../../resolvers/cluster/diagnosis/cluster-metrics.js';
import { reportedNode } from '../../../resolvers/cluster/diagnosis/reported-node.js';
import { builder } from '../../builder.js';
import { callerIndependent } from '../../shared/caller-independent-fields.js';
import { guardedByParent } from '../../shared/scopes.js';
import { sourceArguments } from '../../shared/source-arguments.js';
import { NodeRoleEnum } from '../cluster-enums.js';
import { ClusterNodeRef } from '../node/cluster-node.js';

const NodeMetricsRef = builder.objectRef<NodeMetrics>('NodeMetrics').implement({
  extensions: guardedByParent('nodes:read'),
  description:
    'The load of one node. If the node does not answer, each number is null with an error that says why. A rate is null without an error if ' +
    'it is not known yet, because the node is new or was restarted.',
  fields: (t) => {
    const rate = (description: string, read: (load: NodeLoad) => number | null) =>
      t.float({ extensions: callerIndependent, description, resolve: ({ load }) => read(knownLoad(load)) });
    const size = (description: string, read: (load: NodeLoad) => number | null) =>
      t.field({
        type: 'SafeInt',
        extensions: callerIndependent,
        description,
        resolve: ({ load }) => read(knownLoad(load)),
      });
    return {
      node: t.field({
        authScopes: { may: 'clusters:read' },
        type: ClusterNodeRef,
        description: 'The node; null if ElastiCache does not list it.',
        resolve: (metrics, _arguments, context) => reportedNode(context, metrics.clusterName, metrics),
      }),
      address: t.string({
        nullable: false,
        extensions: callerIndependent,
        description: 'The address by which this API reaches the node, `host:port`.',
        resolve: ({ endpoint: { host, port } }) => `${host}:${port}`,
      }),
      role: t.field({
        type: NodeRoleEnum,
        nullable: false,
        extensions: callerIndependent,
        description: 'The role that the nodes report.',
        resolve: ({ isPrimary }) => (isPrimary ? 'PRIMARY' : 'REPLICA'),
      }),
      opsPerSecond: rate('Commands a second since the sample before.', (load) => load.opsPerSecond),
      hitRate: rate('The part of lookups that found a key, 0 to 1; null without lookups.', hitRateOf),
      usedMemoryBytes: size('Bytes of memory in use.', (load) => load.usedMemoryBytes),
      connectedClients: size('Clients that are connected.', (load) => load.connectedClients),
      cpuRatio: rate(
        'Seconds of CPU a second, of user and system: 1 is one core. It may be more, since the node has several threads.',
        (load) => load.cpuRatio,
      ),
    };
  },
});

const ClusterMetricsRef = builder.objectRef<ClusterMetrics>('ClusterMetrics').implement({
  extensions: guardedByParent('nodes:read'),
  description:
    'The load of a cluster: the sums over all nodes that have answered, replicas included, and that of each node. Rates are the differences ' +
    'between this sample and the one before.',
  fields: (t) => {
    const rate = (description: string, read: (load: NodeLoad) => number | null) =>
      t.float({
        nullable: false,
        extensions: callerIndependent,
        description,
        resolve: ({ total }) => read(knownLoad(total)) ?? 0,
      });
    return {
      at: t.expose('at', { type: 'DateTime', nullable: false, description: 'When the nodes were sampled.' }),
      nodes: t.field({
        type: [NodeMetricsRef],
        nullable: false,
        extensions: callerIndependent,
        description: 'Each node of the cluster, also if it does not answer.',
        resolve: ({ nodes }) => nodes,
      }),
      opsPerSecond: rate('Commands a second.', (load) => load.opsPerSecond),
      hitRate: t.float({
        extensions: callerIndependent,
        description: 'The part of lookups that found a key, 0 to 1; null without lookups.',
        resolve: ({ total }) => hitRateOf(knownLoad(total)),
      }),
      usedMemoryBytes: t.field({
        type: 'SafeInt',
        nullable: false,
        extensions: callerIndependent,
        description: 'Bytes of memory in use.',
        resolve: ({ total }) => knownLoad(total).usedMemoryBytes ?? 0,
      }),
      connectedClients: t.field({
        type: 'SafeInt',
        nullable: false,
        extensions: callerIndependent,
        description: 'Clients that are connected, each to one of the nodes.',
        resolve: ({ total }) => knownLoad(total).connectedClients ?? 0,
      }),
      evictedKeysPerSecond: rate(
        'Keys a second that were removed to free memory.',
        (load) => load.evictedKeysPerSecond,
      ),
      networkInBytesPerSecond: rate('Bytes a second that the nodes received.', (load) => load.networkInBytesPerSecond),
      networkOutBytesPerSecond: rate('Bytes a second that the nodes sent.', (load) => load.networkOutBytesPerSecond),
    };
  },
});

builder.subscriptionField('clusterMetrics', (t) =>
  t.field({
    authScopes: { may: 'nodes:read' },
    type: ClusterMetricsRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'The load of a cluster, e.g. for a dashboard. All subscribers with the same interval share one sampler, which sends one INFO to each node ' +
      'for each sample. The first event comes after the second sample, one second after the first. If no node answers, the sums are an error of ' +
      'that event, and the subscription continues.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      everySeconds: t.arg.float({
        required: true,
        defaultValue: 5,
        description: 'The time between two events in seconds, 1 to 3600.',
      }),
    },
    subscribe: (_root, args, context) => clusterMetrics(context, args),
    resolve: (metrics) => metrics,
  }),
);
