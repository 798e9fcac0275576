import {
  CacheClusterAlreadyExistsFault$,
  type CreateReplicationGroupMessage,
  type CreateReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { checkPort, checkSnapshotRetention } from '../../../domain/cluster/cluster-shape.js';
import { engineNamed, engineVersion } from '../../../domain/cluster/engines.js';
import { replicationGroupId } from '../../../domain/identifiers.js';
import { checkNodeTypeEngine } from '../../../domain/cluster/node-type-engines.js';
import { nodeType } from '../../../domain/cluster/node-types.js';
import { checkAuthToken } from '../../../domain/user/passwords.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import { AwsFault, fault } from '../../wire/fault.js';
import type { Decoded } from '../../wire/decode.js';
import { passwordHash } from '../shared/authentication-input.js';
import type { ChangeContext } from '../action-context.js';
import { chooseParameterGroup } from './engine-input.js';
import { groupOfPrimary, requireNewGroupId } from './group-of-primary.js';
import { groupShape, shardCount } from './group-shape.js';
import { usableUserGroups } from './group-users.js';
import { replicationGroupView } from './group-view.js';
import {
  checkEncryptionMode,
  clusterModeNamed,
  dataTiering,
  durability,
  refuseOtherNetworks,
  refuseSecurityGroups,
} from '../shared/recorded-features.js';
import { findSubnetGroup, members } from '../shared/lookup.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { subnetZones } from '../shared/subnet-zones.js';
import { readTags } from '../tags/tag-input.js';
import { commonSettings } from '../shared/common-settings.js';
import { restoredSnapshot, withSnapshotDefaults } from './restore-input.js';

type Request = Decoded<CreateReplicationGroupMessage>;

/** Answers with status `creating`. The nodes start once the group is stored. */
export function createReplicationGroup(context: ChangeContext, input: Request): CreateReplicationGroupResult {
  if (input.PrimaryClusterId) return { ReplicationGroup: groupOfPrimary(context, input, input.PrimaryClusterId) };
  const { account, afterStored, groups } = context;
  const { state } = account;
  const group = newGroup(state, withSnapshotDefaults(state, input), account.region);
  const tags = readTags(input.Tags);
  requireNewGroupId(state, group.id);
  refuseTakenNodeIds(state, group);

  state.replicationGroups.push(group);
  state.tags[account.arn('replicationgroup', group.id)] = tags;
  for (const { id } of group.shards.flatMap(({ nodes }) => nodes)) state.tags[account.arn('cluster', id)] = tags;
  const answer = replicationGroupView(account, group, undefined);
  afterStored(() => groups.launch(group.id));
  return { ReplicationGroup: answer };
}

function newGroup(state: State, input: Request, region: string): ReplicationGroupRecord {
  refuseUnsupportedInput(input);
  const id = replicationGroupId(input.ReplicationGroupId);
  const engine = engineNamed(input.Engine ?? 'redis');
  const version = engineVersion(engine, input.EngineVersion);
  if (input.CacheNodeType === undefined) {
    throw new AwsFault('MissingParameter', 'The request must contain the parameter CacheNodeType.');
  }
  const parameters = chooseParameterGroup(state, version, input.CacheParameterGroupName, impliesClusterMode(input));
  const subnetGroup = findSubnetGroup(state, input.CacheSubnetGroupName ?? 'default');
  const shape = groupShape(id, parameters.clusterMode, input, subnetZones(state, subnetGroup.name));
  const type = nodeType(input.CacheNodeType);
  checkNodeTypeEngine(type, version);
  const tls = input.TransitEncryptionEnabled ?? false;
  // Some clients send the empty text of a setting that is not used. With TLS, it would be an open door in place of a token.
  const authToken = input.AuthToken === '' && !tls ? undefined : input.AuthToken;
  if (authToken !== undefined) checkAuthToken(authToken, tls);
  checkSnapshotRetention(input.SnapshotRetentionLimit ?? 0);
  if (input.Port !== undefined) checkPort(input.Port);
  const now = new Date().toISOString();
  return {
    id,
    description: input.ReplicationGroupDescription,
    status: 'creating',
    engine,
    engineVersion: version.version,
    nodeType: type,
    ...shape,
    clusterMode: parameters.clusterMode,
    parameterGroup: parameters.name,
    tls,
    atRestEncryption: input.AtRestEncryptionEnabled ?? false,
    kmsKeyId: input.KmsKeyId,
    authTokenHashes: authToken === undefined ? [] : [passwordHash(authToken)],
    authTokenModifiedAt: authToken === undefined ? undefined : now,
    userGroupIds: usableUserGroups(state, input.UserGroupIds ?? [], {
      engine,
      tls,
      authToken: authToken !== undefined,
    }),
    subnetGroup: subnetGroup.name,
    ...commonSettings(input, region),
    dataTiering: dataTiering(type, input.DataTieringEnabled),
    durability: durability(input.Durability),
    createdAt: now,
    restoredFrom: restoredSnapshot(state, input.SnapshotName, version),
  };
}

function refuseUnsupportedInput(input: Request): void {
  refuseSecurityGroups(input.CacheSecurityGroupNames);
  refuseGiven(input, ['GlobalReplicationGroupId', 'SnapshotArns', 'ServerlessCacheSnapshotName']);
  checkEncryptionMode(input.TransitEncryptionMode);
  if (input.ClusterMode !== undefined) clusterModeNamed(input.ClusterMode);
  if (input.TransitEncryptionMode === 'preferred' || input.ClusterMode === 'compatible') {
    const name = input.ClusterMode === 'compatible' ? 'ClusterMode compatible' : 'TransitEncryptionMode preferred';
    throw invalidCombination(`${name} is not supported by the local ElastiCache endpoint.`);
  }
  if (input.TransitEncryptionMode !== undefined && input.TransitEncryptionEnabled !== true) {
    throw invalidCombination('TransitEncryptionMode requires TransitEncryptionEnabled.');
  }
  refuseOtherNetworks(input);
  if (input.KmsKeyId !== undefined && input.AtRestEncryptionEnabled !== true) {
    throw invalidCombination('KmsKeyId requires AtRestEncryptionEnabled.');
  }
}

/** The cluster mode that the request implies: by name, or by more than one shard. */
function impliesClusterMode(input: Request): boolean | undefined {
  if (input.ClusterMode !== undefined) return input.ClusterMode === 'enabled';
  return (shardCount(input) ?? 1) > 1 ? true : undefined;
}

function refuseTakenNodeIds(state: State, group: ReplicationGroupRecord): void {
  const ids = new Set(group.shards.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const existing = members(state).find(({ node }) => ids.has(node.id));
  if (existing) throw fault(CacheClusterAlreadyExistsFault$, `Cache cluster ${existing.node.id} already exists.`);
}
