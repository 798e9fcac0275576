import type { CreateReplicationGroupMessage, NodeGroupConfiguration } from '@aws-sdk/client-elasticache';
import { checkClusterShape, checkReplicaCount, checkShardCount } from '../../../domain/cluster/cluster-shape.js';
import { invalidInput } from '../../../domain/errors.js';
import { checkSlots, shareSlots } from '../../../domain/cluster/slots.js';
import type { ShardRecord } from '../../state/records/shard.js';
import type { Decoded } from '../../wire/decode.js';
import { checkZones } from '../shared/subnet-zones.js';
import { invalidCombination } from '../shared/refuse.js';

type Request = Decoded<CreateReplicationGroupMessage>;

interface GroupShape {
  readonly shards: ShardRecord[];
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
}

/** Plans the shards and nodes of a new replication group, with their IDs, slots and zones. */
export function groupShape(
  id: string,
  clusterMode: boolean,
  input: Request,
  subnetZones: readonly string[],
): GroupShape {
  const configurations = nodeGroupConfigurations(input);
  const replicas = configurations.map((configuration) => configuration.ReplicaCount ?? replicasPerShard(input));
  const automaticFailover = input.AutomaticFailoverEnabled ?? clusterMode;
  const multiAz = input.MultiAZEnabled ?? false;
  checkClusterShape({ clusterMode, replicas, automaticFailover, multiAz });

  const ids = shardIds(configurations);
  const slots = shardSlots(configurations);
  const zones = preferredZones(input);
  checkZones(requestedZones(input), subnetZones);
  const createdAt = new Date().toISOString();
  const shards = configurations.map((configuration, shardIndex): ShardRecord => {
    const shardId = ids[shardIndex] ?? '';
    checkReplicaZones(shardId, configuration.ReplicaAvailabilityZones, replicas[shardIndex] ?? 0);
    const ownZones = [configuration.PrimaryAvailabilityZone, ...(configuration.ReplicaAvailabilityZones ?? [])];
    return {
      id: shardId,
      slots: slots[shardIndex] ?? '',
      nodes: Array.from({ length: (replicas[shardIndex] ?? 0) + 1 }, (_, index) => ({
        id: clusterMode ? `${id}-${shardId}-${threeDigits(index + 1)}` : `${id}-${threeDigits(index + 1)}`,
        availabilityZone:
          ownZones[index] ?? zones[index] ?? subnetZones[(shardIndex + index) % subnetZones.length] ?? '',
        createdAt,
      })),
    };
  });
  return { shards, automaticFailover, multiAz };
}

function preferredZones({ PreferredCacheClusterAZs: zones = [], NumCacheClusters: count }: Request): readonly string[] {
  if (zones.length === 0 || zones.length === count) return zones;
  throw invalidCombination(
    'When specifying preferred availability zones, the number of cache clusters must be specified and must match the number of ' +
      'preferred availability zones.',
  );
}

function checkReplicaZones(shardId: string, zones: readonly string[] = [], replicas: number): void {
  if (zones.length === 0 || zones.length === replicas) return;
  throw invalidCombination(
    `Expected ${replicas} replica availability zones of node group ${shardId}, got ${zones.length}.`,
  );
}

function requestedZones({ NodeGroupConfiguration = [], PreferredCacheClusterAZs = [] }: Request): string[] {
  const byShard = NodeGroupConfiguration.flatMap(({ PrimaryAvailabilityZone, ReplicaAvailabilityZones }) => [
    PrimaryAvailabilityZone ?? [],
    ReplicaAvailabilityZones ?? [],
  ]);
  return [...PreferredCacheClusterAZs, ...byShard.flat(2)];
}

/** The requested number of shards, if the request contains it. */
export function shardCount({ NumNodeGroups, NodeGroupConfiguration }: Request): number | undefined {
  return NumNodeGroups ?? NodeGroupConfiguration?.length;
}

/** Returns one configuration per shard, empty if the request only gives their number. */
function nodeGroupConfigurations(input: Request): readonly NodeGroupConfiguration[] {
  const given = input.NodeGroupConfiguration ?? [];
  const count = shardCount(input) ?? 1;
  checkShardCount(count);
  if (given.length > 0 && given.length !== count) {
    throw invalidCombination(
      `NumNodeGroups is ${count}, but NodeGroupConfiguration describes ${given.length} node groups.`,
    );
  }
  return given.length > 0 ? given : Array.from({ length: count }, () => ({}));
}

function replicasPerShard({ NumCacheClusters, ReplicasPerNodeGroup }: Request): number {
  if (
    NumCacheClusters !== undefined &&
    ReplicasPerNodeGroup !== undefined &&
    NumCacheClusters !== ReplicasPerNodeGroup + 1
  ) {
    throw invalidCombination('NumCacheClusters and ReplicasPerNodeGroup cannot be used together.');
  }
  const replicas = ReplicasPerNodeGroup ?? (NumCacheClusters ?? 1) - 1;
  checkReplicaCount(replicas);
  return replicas;
}

function shardIds(configurations: readonly NodeGroupConfiguration[]): string[] {
  const ids = configurations.map(({ NodeGroupId }, index) => (NodeGroupId ?? String(index + 1)).padStart(4, '0'));
  const wrong = ids.find((id, index) => !/^\d{4}$/.test(id) || ids.indexOf(id) < index);
  if (wrong === undefined) return ids;
  throw invalidInput(`Expected node group IDs of 1 to 4 digits, each once, got ${wrong.slice(0, 40)}.`);
}

function shardSlots(configurations: readonly NodeGroupConfiguration[]): string[] {
  const given = configurations.flatMap(({ Slots }) => (Slots === undefined ? [] : [Slots.replaceAll(' ', '')]));
  if (given.length === 0) return shareSlots(configurations.length);
  if (given.length < configurations.length)
    throw invalidCombination('Slots must be given for all node groups or for none.');
  checkSlots(given);
  return given;
}

const threeDigits = (number: number): string => String(number).padStart(3, '0');
