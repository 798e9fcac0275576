import type { Cluster } from '../../domain/cluster/cluster.js';
import { visibleCluster } from '../../resolvers/shared/access.js';
import { clusterByName } from '../../resolvers/cluster/cluster.js';
import { ClusterRef } from './cluster.js';
import { payloadRef } from '../shared/user-error.js';

/** A payload whose cluster is looked at after the change; where that look fails, the change is still told. */
export function namedClusterPayload(name: string, description: string) {
  return payloadRef<{ readonly name: string }>(name).implement({
    description,
    fields: (t) => ({
      cluster: t.field({
        type: ClusterRef,
        description: 'The cluster as it now stands.',
        resolve: ({ result }, _arguments, context) => (result ? clusterByName(context, result.name) : null),
      }),
    }),
  });
}

/** A payload whose use case has answered the cluster. */
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
