import type {
  AllowedNodeTypeModificationsMessage,
  ListAllowedNodeTypeModificationsMessage,
} from '@aws-sdk/client-elasticache';
import { nodeTypes } from '../../../domain/cluster/node-types.js';
import type { Decoded } from '../../wire/decode.js';
import type { ActionContext } from '../action-context.js';
import { findCacheCluster, findReplicationGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';

const sizes = [
  'micro',
  'small',
  'medium',
  'large',
  'xlarge',
  '2xlarge',
  '4xlarge',
  '8xlarge',
  '10xlarge',
  '12xlarge',
  '16xlarge',
  '24xlarge',
];

const sizeOf = (type: string): number => sizes.indexOf(type.slice(type.lastIndexOf('.') + 1));

/** Lists the node types to which a group can scale up and down. */
export function listAllowedNodeTypeModifications(
  { account }: ActionContext,
  input: Decoded<ListAllowedNodeTypeModificationsMessage>,
): AllowedNodeTypeModificationsMessage {
  const { CacheClusterId, ReplicationGroupId } = input;
  if ((CacheClusterId === undefined) === (ReplicationGroupId === undefined)) {
    throw invalidCombination('Expected either CacheClusterId or ReplicationGroupId.');
  }
  const { nodeType } =
    CacheClusterId === undefined
      ? findReplicationGroup(account.state, ReplicationGroupId ?? '')
      : findCacheCluster(account.state, CacheClusterId).group;
  return {
    ScaleUpModifications: nodeTypes.filter((type) => sizeOf(type) > sizeOf(nodeType)),
    ScaleDownModifications: nodeTypes.filter((type) => sizeOf(type) < sizeOf(nodeType)),
  };
}
