import { NodeGroupNotFoundFault$, type ConfigureShard } from '@aws-sdk/client-elasticache';
import { checkReplicaCount } from '../../../domain/cluster/cluster-shape.js';
import { invalidInput } from '../../../domain/errors.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ShardRecord } from '../../state/records/shard.js';
import { fault } from '../../wire/fault.js';
import { invalidCombination } from '../shared/refuse.js';

interface ReplicaCounts {
  readonly NewReplicaCount?: number | undefined;
  readonly ReplicaConfiguration?: readonly ConfigureShard[] | undefined;
}

interface ShardReplicas {
  readonly shard: ShardRecord;
  readonly replicas: number;
  /** Zones of the primary and of each replica. */
  readonly zones: readonly string[] | undefined;
}

/** Reads the requested number of replicas of each shard. Shards that the request does not name keep theirs. */
export function replicaCounts(group: ReplicationGroupRecord, input: ReplicaCounts): ShardReplicas[] {
  const { NewReplicaCount: count, ReplicaConfiguration: configurations = [] } = input;
  if ((count === undefined) === (configurations.length === 0)) {
    throw invalidCombination('Expected either NewReplicaCount or ReplicaConfiguration.');
  }
  if (count !== undefined) checkReplicaCount(count);
  const byShard = new Map(configurations.map((one) => [(one.NodeGroupId ?? '').padStart(4, '0'), one]));
  if (byShard.size < configurations.length) throw invalidInput('A node group is configured twice.');
  const unknown = [...byShard.keys()].find((id) => !group.shards.some((shard) => shard.id === id));
  if (unknown !== undefined) throw fault(NodeGroupNotFoundFault$, `Node group ${unknown.slice(0, 40)} not found.`);
  return group.shards.map((shard) => {
    const configuration = byShard.get(shard.id);
    const replicas = configuration?.NewReplicaCount ?? count ?? shard.nodes.length - 1;
    checkReplicaCount(replicas);
    const zones = configuration?.PreferredAvailabilityZones;
    if (zones && zones.length > 0 && zones.length !== replicas + 1) {
      throw invalidInput(
        `Expected ${replicas + 1} preferred availability zones, of the primary and ${replicas} replicas, got ${zones.length}.`,
      );
    }
    return { shard, replicas, zones };
  });
}
