import type { CacheClusterMessage, DescribeCacheClustersMessage } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import { cacheClusterView } from './cache-cluster-view.js';
import type { ActionContext } from '../action-context.js';
import { findCacheCluster, members } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { holdWhileInTransition } from '../shared/transition.js';

/** Lists the nodes of the replication groups, and the cache clusters that belong to no group. */
export async function describeCacheClusters(
  endpoint: ActionContext,
  input: Decoded<DescribeCacheClustersMessage>,
  signal: AbortSignal,
): Promise<CacheClusterMessage> {
  const { account, groups } = endpoint;
  const { CacheClusterId: id, ShowCacheNodeInfo: showNodes = false } = input;
  if (id !== undefined) await holdWhileInTransition(endpoint, findCacheCluster(account.state, id).group.id, signal);
  // The state has changed meanwhile.
  const { state } = account;
  const found = id === undefined ? members(state) : [findCacheCluster(state, id)];
  const onlyStandalone = input.ShowCacheClustersNotInReplicationGroups === true;
  const chosen = found.filter(({ group }) => !onlyStandalone || group.isStandalone);
  const { items, marker } = pageOf(chosen, ({ node }) => node.id, input);
  return {
    CacheClusters: items.map((member) =>
      cacheClusterView(account, member, groups.topology(member.group.id), showNodes),
    ),
    Marker: marker,
  };
}
