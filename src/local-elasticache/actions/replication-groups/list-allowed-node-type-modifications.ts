import type {
  AllowedNodeTypeModificationsMessage,
  ListAllowedNodeTypeModificationsMessage,
} from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import type { ActionContext } from '../action-context.js';
import { findCacheCluster, findReplicationGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';
import { allowedNodeTypes, usedMemory } from './allowed-node-types.js';

/** Lists the node types to which a group can scale up, and those to which it can scale down with its data. */
export async function listAllowedNodeTypeModifications(
  context: ActionContext,
  input: Decoded<ListAllowedNodeTypeModificationsMessage>,
): Promise<AllowedNodeTypeModificationsMessage> {
  const { CacheClusterId, ReplicationGroupId } = input;
  if ((CacheClusterId === undefined) === (ReplicationGroupId === undefined)) {
    throw invalidCombination('Expected either CacheClusterId or ReplicationGroupId.');
  }
  const { state } = context.account;
  const group =
    CacheClusterId === undefined
      ? findReplicationGroup(state, ReplicationGroupId ?? '')
      : findCacheCluster(state, CacheClusterId).group;
  const { up, down } = allowedNodeTypes(group, state, await usedMemory(context, group));
  return { ScaleUpModifications: [...up], ScaleDownModifications: [...down] };
}
