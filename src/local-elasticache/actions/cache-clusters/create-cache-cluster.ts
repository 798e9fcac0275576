import { CacheClusterAlreadyExistsFault$ } from '@aws-sdk/client-elasticache';
import type { CreateCacheClusterMessage, CreateCacheClusterResult } from '@aws-sdk/client-elasticache';
import { cacheClusterId } from '../../../domain/identifiers.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { findCacheCluster, members } from '../shared/lookup.js';
import { readTags } from '../tags/tag-input.js';
import { addReplica } from './add-replica.js';
import { cacheClusterView } from './cache-cluster-view.js';
import { newCacheCluster } from './new-cache-cluster.js';

/**
 * Answers with status `creating`. The node starts once it is stored: as a replica of the replication group that the
 * request names, or on its own.
 */
export function createCacheCluster(
  context: ChangeContext,
  input: Decoded<CreateCacheClusterMessage>,
): CreateCacheClusterResult {
  const { account, groups, afterStored } = context;
  const { state, arn } = account;
  const id = cacheClusterId(input.CacheClusterId);
  const tags = readTags(input.Tags);
  const existing = members(state).some(({ node }) => node.id === id);
  if (input.ReplicationGroupId) {
    if (existing) throw alreadyExists(id);
    addReplica(context, id, input.ReplicationGroupId, input);
    const inherited = (state.tags[arn('cluster', id)] ?? []).filter(({ key }) => !tags.some((tag) => tag.key === key));
    state.tags[arn('cluster', id)] = [...inherited, ...tags];
  } else {
    const group = newCacheCluster(account, id, input);
    if (existing) throw alreadyExists(id);
    state.replicationGroups.push(group);
    state.tags[arn('cluster', id)] = tags;
    afterStored(() => groups.launch(group.id));
  }
  return { CacheCluster: described(context, id) };
}

/** Describes a cache cluster in the answer to its change. */
export function described({ account, groups }: ChangeContext, id: string) {
  const member = findCacheCluster(account.state, id);
  return cacheClusterView(account, member, groups.topology(member.group.id), false);
}

function alreadyExists(id: string): Error {
  return fault(CacheClusterAlreadyExistsFault$, `Cache cluster ${id} already exists.`);
}
