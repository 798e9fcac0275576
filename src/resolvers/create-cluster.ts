import type { Cluster } from '../domain/cluster.js';
import { demand } from './access.js';
import type { Context } from './context.js';
import { createUnlessThere } from './create-unless-there.js';
import { newCluster, type CreateClusterInput } from './new-cluster.js';

/** The name of the cluster that now stands, and whether this made it. How it stands is for another look to tell. */
export interface CreatedCluster {
  readonly name: string;
  readonly created: boolean;
}

/** @throws ExpectedFailure for input that breaks a rule, before ElastiCache is asked, and for its own refusals */
export async function createCluster(context: Context, input: CreateClusterInput): Promise<CreatedCluster> {
  demand(context, 'clusters:admin', { cluster: input.name });
  const { controlPlane, inventory } = context;
  const cluster = newCluster(input);
  const { created } = await createUnlessThere<Pick<Cluster, 'status'>>({
    ifNotExists: input.ifNotExists,
    what: `Cluster ${cluster.name}`,
    path: ['input', 'name'],
    look: () => {
      inventory.forget();
      return inventory.cluster(cluster.name);
    },
    create: async () => {
      await controlPlane.createCluster(cluster);
      return { status: 'CREATING' };
    },
  });
  return { name: cluster.name, created };
}
