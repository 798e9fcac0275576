import { Outage } from '../../domain/errors.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';

/** @throws Outage FORBIDDEN, NOT_IMPLEMENTED */
export function setReplicaCount(context: Context, { cluster }: { readonly cluster: string }): Promise<never> {
  return refused(context, cluster, 'setReplicaCount');
}

/** @throws Outage FORBIDDEN, NOT_IMPLEMENTED */
export function setShardCount(context: Context, { cluster }: { readonly cluster: string }): Promise<never> {
  return refused(context, cluster, 'setShardCount');
}

// eslint-disable-next-line @typescript-eslint/require-await -- it rejects like other resolvers instead of throwing
async function refused(context: Context, cluster: string, name: string): Promise<never> {
  requirePermission(context, 'clusters:admin', { cluster });
  throw new Outage('NOT_IMPLEMENTED', `${name} is not implemented yet; nothing was changed.`);
}
