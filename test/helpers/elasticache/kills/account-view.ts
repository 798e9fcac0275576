import type {
  CacheCluster,
  CacheParameterGroup,
  ElastiCache,
  Event,
  ReplicationGroup,
  Snapshot,
  User,
  UserGroup,
} from '@aws-sdk/client-elasticache';

/** All that the endpoint describes. */
export interface AccountView {
  readonly groups: readonly ReplicationGroup[];
  readonly nodes: readonly CacheCluster[];
  readonly snapshots: readonly Snapshot[];
  readonly parameterGroups: readonly CacheParameterGroup[];
  readonly users: readonly User[];
  readonly userGroups: readonly UserGroup[];
  readonly events: readonly Event[];
}

export async function viewOf(client: ElastiCache): Promise<AccountView> {
  const [groups, nodes, snapshots, parameterGroups, users, userGroups] = await Promise.all([
    client.describeReplicationGroups({}),
    client.describeCacheClusters({ ShowCacheNodeInfo: true }),
    client.describeSnapshots({ ShowNodeGroupConfig: true }),
    client.describeCacheParameterGroups({}),
    client.describeUsers({}),
    client.describeUserGroups({}),
  ]);
  const events: Event[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.describeEvents({ Marker, Duration: 20_160 });
    events.push(...(page.Events ?? []));
    ({ Marker } = page);
  } while (Marker !== undefined);
  return {
    groups: groups.ReplicationGroups ?? [],
    nodes: nodes.CacheClusters ?? [],
    snapshots: snapshots.Snapshots ?? [],
    parameterGroups: (parameterGroups.CacheParameterGroups ?? []).filter(
      ({ CacheParameterGroupName: name = '' }) => !name.startsWith('default.'),
    ),
    users: users.Users ?? [],
    userGroups: userGroups.UserGroups ?? [],
    events,
  };
}

/** Resources whose status is none of their lasting ones, e.g. `orders modifying`. */
export function unsettled({ groups, snapshots, users, userGroups, nodes }: AccountView): string[] {
  return [
    ...groups.filter(({ Status }) => Status !== 'available').map((one) => `${one.ReplicationGroupId} ${one.Status}`),
    ...groups.flatMap(({ NodeGroups = [] }) =>
      NodeGroups.filter(({ Status }) => Status !== 'available').map((one) => `shard ${one.NodeGroupId} ${one.Status}`),
    ),
    ...nodes
      .filter(({ CacheClusterStatus: status }) => status !== 'available')
      .map((one) => `${one.CacheClusterId} ${one.CacheClusterStatus}`),
    ...snapshots
      .filter(({ SnapshotStatus: status }) => status !== 'available')
      .map((one) => `${one.SnapshotName} ${one.SnapshotStatus}`),
    ...users.filter(({ Status }) => Status !== 'active').map((one) => `${one.UserId} ${one.Status}`),
    ...userGroups.filter(({ Status }) => Status !== 'active').map((one) => `${one.UserGroupId} ${one.Status}`),
  ];
}
