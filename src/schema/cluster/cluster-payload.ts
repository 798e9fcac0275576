import type { Cluster } from '../../domain/cluster/cluster.js';
import { visibleCluster } from '../../resolvers/shared/access.js';
import { clusterByName } from '../../resolvers/cluster/cluster.js';
import { ClusterRef } from './cluster.js';
import { payloadRef } from '../shared/user-error.js';

/** A payload whose cluster is read after the change. If that read fails, the payload still reports that the change succeeded. */
export function namedClusterPayload(name: string, description: string) {
  return payloadRef<{ readonly name: string }>(name).implement({
    description,
    fields: (t) => ({
      cluster: t.field({
        type: ClusterRef,
        description: 'The cluster after the change; null if there are user errors.',
        resolve: ({ result }, _arguments, context) => (result ? clusterByName(context, result.name) : null),
      }),
    }),
  });
}

/** A payload whose resolver returned the cluster. */
export function clusterPayload(name: string, description: string, clusterDescription: string) {
  return payloadRef<Cluster>(name).implement({
    description,
    fields: (t) => ({
      cluster: t.field({
        type: ClusterRef,
        description: clusterDescription,
        resolve: ({ result }, _arguments, context) => visibleCluster(context, result ?? null),
      }),
    }),
  });
}
