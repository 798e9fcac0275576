import {
  ReplicationGroupAlreadyExistsFault$,
  type CreateReplicationGroupMessage,
  type ReplicationGroup,
} from '@aws-sdk/client-elasticache';
import { replicationGroupId } from '../../../domain/identifiers.js';
import { checkTags } from '../../../domain/tags.js';
import { replicationGroupsIn } from '../../state/cache-clusters.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import { fault } from '../../wire/fault.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { invalidClusterState, requireClusterStatus } from '../cache-clusters/cache-cluster-state.js';
import { findCacheCluster } from '../shared/lookup.js';
import { refuseOtherSettings } from '../shared/refuse.js';
import { readTags } from '../tags/tag-input.js';
import { replicationGroupView } from './group-view.js';

type Request = Decoded<CreateReplicationGroupMessage>;

/**
 * Makes a cache cluster the primary of a new replication group. Its node keeps its ID, its data, its address and its
 * clients.
 */
export function groupOfPrimary(
  { account, groups, afterStored }: ChangeContext,
  input: Request,
  clusterId: string,
): ReplicationGroup {
  const { state, arn } = account;
  const id = replicationGroupId(input.ReplicationGroupId);
  const tags = readTags(input.Tags);
  const member = findCacheCluster(state, clusterId);
  const { group, node } = member;
  if (!group.isStandalone) {
    throw invalidClusterState(`Cache cluster ${node.id} belongs to replication group ${group.id}.`);
  }
  requireNewGroupId(state, id);
  requireClusterStatus(groups, member, ['available'], 'CreateReplicationGroup');
  refuseOwnSettings(group, input);

  const formerId = group.id;
  Object.assign(group, {
    id,
    isStandalone: undefined,
    folder: group.folder ?? formerId,
    description: input.ReplicationGroupDescription,
    status: 'modifying',
    restoredFrom: undefined,
  } satisfies Partial<ReplicationGroupRecord>);
  // They are deleted with the group.
  for (const { source, group: of } of state.snapshots ?? [])
    if (source === 'automated' && of.id === formerId) of.id = id;
  state.tags[arn('replicationgroup', id)] = tags;
  const own = (state.tags[arn('cluster', node.id)] ?? []).filter(({ key }) => !tags.some((tag) => tag.key === key));
  checkTags([...own, ...tags]);
  state.tags[arn('cluster', node.id)] = [...own, ...tags];
  account.record('replication-group', id, `Replication group ${id} created`);
  const answer = replicationGroupView(account, group, groups.topology(formerId));
  afterStored(() => {
    groups.rename(formerId, id);
    groups.modify(id, () => Promise.resolve());
  });
  return { ...answer, Status: 'creating' };
}

/** @throws AwsFault ReplicationGroupAlreadyExists */
export function requireNewGroupId(state: State, groupId: string): void {
  if (!replicationGroupsIn(state).some(({ id }) => id === groupId)) return;
  throw fault(ReplicationGroupAlreadyExistsFault$, `Replication group ${groupId} already exists.`);
}

/** The group has the settings of its primary. The request may repeat them and its number of nodes. */
function refuseOwnSettings(group: ReplicationGroupRecord, input: Request): void {
  refuseOtherSettings(
    input,
    {
      free: ['ReplicationGroupId', 'ReplicationGroupDescription', 'PrimaryClusterId', 'Tags'],
      same: {
        Engine: group.engine.toLowerCase(),
        EngineVersion: group.engineVersion,
        CacheNodeType: group.nodeType,
        CacheParameterGroupName: group.parameterGroup,
        CacheSubnetGroupName: group.subnetGroup,
        ClusterMode: 'disabled',
        NumCacheClusters: 1,
        NumNodeGroups: 1,
        ReplicasPerNodeGroup: 0,
        AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
      },
    },
    (name) => `${name} cannot be given with PrimaryClusterId: the group has the settings of its primary.`,
  );
}
