import { nodeSettings } from '../../domain/cluster/node-settings.js';
import { defaultParameterGroup } from '../../domain/parameters/parameter-families.js';
import type { GroupSpec, GroupTopology, ShardSpec } from '../nodes/interfaces.js';
import type { AccountView } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { ShardRecord } from '../state/records/shard.js';
import { defaultRegion, type State } from '../state/region-state.js';
import { nodeUsers } from './node-users.js';

/**
 * The ID of a group for the fleet, which runs the groups of all regions. Earlier versions had one region. No group's own ID has two
 * hyphens in a row.
 */
export function fleetId(region: string, { id, folder = id }: Pick<ReplicationGroupRecord, 'id' | 'folder'>): string {
  return region === defaultRegion ? folder : `${region}--${folder}`;
}

/** Describes a replication group for the fleet that starts it. */
export function groupSpec(group: ReplicationGroupRecord, { region, state }: AccountView): GroupSpec {
  return {
    id: fleetId(region, group),
    clusterMode: group.clusterMode,
    tls: group.tls,
    hasRun: group.status !== 'creating',
    isChanging: group.targetShards !== undefined,
    shards: shardSpecs(group.shards),
    users: nodeUsers(group, state),
    settings: groupSettings(group, state),
  };
}

export function shardSpecs(shards: readonly ShardRecord[]): ShardSpec[] {
  return shards.map(({ id, slots, nodes }) => ({ id, slots, nodes: nodes.map(({ id, port }) => ({ id, port })) }));
}

/** The settings of the group's nodes: the parameters of its group and the memory of its node type. */
export function groupSettings(
  { parameterGroup, nodeType }: ReplicationGroupRecord,
  state: State,
): Record<string, string> {
  const own = state.parameterGroups.find(({ name }) => name === parameterGroup);
  const family = own?.family ?? defaultParameterGroup(parameterGroup)?.family;
  return family === undefined ? {} : nodeSettings({ family, nodeType, values: own?.values ?? {} });
}

/** Stores the ports of the nodes for the next start. */
export function keepPorts(group: ReplicationGroupRecord, { shards }: GroupTopology): void {
  const ports = new Map(shards.flatMap(({ nodes }) => nodes.map(({ id, port }) => [id, port])));
  for (const node of group.shards.flatMap(({ nodes }) => nodes)) node.port = ports.get(node.id) ?? node.port;
}
