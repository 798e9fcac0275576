import type { CreateCacheClusterMessage } from '@aws-sdk/client-elasticache';
import { checkReplicaCount } from '../../../domain/cluster/cluster-shape.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { beginScaling, requireScalable } from '../scaling/begin-scaling.js';
import { newMembers } from '../scaling/new-members.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { refuseOtherZoneModes } from '../shared/recorded-features.js';
import { invalidCombination, refuseOtherSettings } from '../shared/refuse.js';

type Request = Decoded<CreateCacheClusterMessage>;

/** Adds a replica with this ID to a replication group, which is `modifying` until the replica is in sync. */
export function addReplica(context: ChangeContext, id: string, groupId: string, input: Request): void {
  const { state } = context.account;
  const group = findReplicationGroup(state, groupId);
  requireScalable(group);
  if (group.clusterMode) {
    throw invalidCombination(
      `Replication group ${group.id} has cluster mode enabled: use IncreaseReplicaCount to add replicas.`,
    );
  }
  refuseOtherZoneModes(input.AZMode);
  refuseOwnSettings(group, input);
  const [shard] = group.shards;
  if (!shard) throw new Error(`Replication group ${group.id} has no shard.`);
  checkReplicaCount(shard.nodes.length);
  const zone = input.PreferredAvailabilityZone === '' ? undefined : input.PreferredAvailabilityZone;
  const zones = zone === undefined ? [] : [...shard.nodes.map(({ availabilityZone }) => availabilityZone), zone];
  const added = newMembers({ state, group, shardId: shard.id, existing: shard.nodes, count: 1, zones });
  const nodes = [...shard.nodes, ...added.map((node) => ({ ...node, id }))];
  beginScaling(context, group, [{ ...shard, nodes }]);
}

/** A replica has the settings of its group. The request may repeat them. */
function refuseOwnSettings(group: ReplicationGroupRecord, input: Request): void {
  refuseOtherSettings(
    input,
    {
      free: ['CacheClusterId', 'ReplicationGroupId', 'PreferredAvailabilityZone', 'Tags', 'Port'],
      same: {
        NumCacheNodes: 1,
        CacheNodeType: group.nodeType,
        Engine: group.engine.toLowerCase(),
        EngineVersion: group.engineVersion,
        CacheParameterGroupName: group.parameterGroup,
        CacheSubnetGroupName: group.subnetGroup,
        AZMode: 'single-az',
        NetworkType: 'ipv4',
        IpDiscovery: 'ipv4',
        AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
        TransitEncryptionEnabled: group.tls,
      },
    },
    (name) => `${name} of a replica is that of its replication group ${group.id}, and cannot be given.`,
  );
}
