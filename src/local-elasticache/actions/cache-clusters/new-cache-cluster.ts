import type { CreateCacheClusterMessage } from '@aws-sdk/client-elasticache';
import { checkPort, checkSnapshotRetention } from '../../../domain/cluster/cluster-shape.js';
import { engineVersion } from '../../../domain/cluster/engines.js';
import { invalidInput } from '../../../domain/errors.js';
import { checkNodeTypeEngine } from '../../../domain/cluster/node-type-engines.js';
import { nodeType } from '../../../domain/cluster/node-types.js';
import { checkAuthToken } from '../../../domain/user/passwords.js';
import type { AccountView } from '../../state/account.js';
import { standaloneId } from '../../state/cache-clusters.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { AwsFault } from '../../wire/fault.js';
import { chooseParameterGroup } from '../replication-groups/engine-input.js';
import { commonSettings } from '../shared/common-settings.js';
import {
  dataTiering,
  refuseOtherNetworks,
  refuseOtherZoneModes,
  refuseSecurityGroups,
} from '../shared/recorded-features.js';
import { engineDefaults, restoredSnapshot } from '../replication-groups/restore-input.js';
import { findSnapshot, findSubnetGroup } from '../shared/lookup.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { checkZones, subnetZones } from '../shared/subnet-zones.js';
import { cacheClusterEngine } from './cache-cluster-engine.js';

type Request = Decoded<CreateCacheClusterMessage>;

/** Plans a cache cluster that belongs to no replication group: one node without TLS, users and cluster mode. */
export function newCacheCluster({ state, region }: AccountView, id: string, request: Request): ReplicationGroupRecord {
  const input = withSnapshotDefaults(state, request);
  const engine = cacheClusterEngine(input.Engine);
  refuseUnsupportedInput(input);
  const version = engineVersion(engine, input.EngineVersion);
  if (input.CacheNodeType === undefined) {
    throw new AwsFault('MissingParameter', 'The request must contain the parameter CacheNodeType.');
  }
  const type = nodeType(input.CacheNodeType);
  checkNodeTypeEngine(type, version);
  const parameters = chooseParameterGroup(state, version, input.CacheParameterGroupName, false);
  const subnetGroup = findSubnetGroup(state, input.CacheSubnetGroupName ?? 'default');
  const zones = subnetZones(state, subnetGroup.name);
  const zone = input.PreferredAvailabilityZone === '' ? undefined : input.PreferredAvailabilityZone;
  checkZones(zone === undefined ? [] : [zone], zones);
  checkSnapshotRetention(input.SnapshotRetentionLimit ?? 0);
  if (input.Port !== undefined) checkPort(input.Port);
  const createdAt = new Date().toISOString();
  const node = { id, availabilityZone: zone ?? zones[0] ?? '', createdAt };
  const recordId = standaloneId(id);
  return {
    id: recordId,
    isStandalone: true,
    folder: unusedFolder(state, recordId),
    description: '',
    status: 'creating',
    engine,
    engineVersion: version.version,
    nodeType: type,
    clusterMode: false,
    shards: [{ id: '0001', slots: '0-16383', nodes: [node] }],
    automaticFailover: false,
    multiAz: false,
    tls: false,
    atRestEncryption: false,
    authTokenHashes: [],
    userGroupIds: [],
    parameterGroup: parameters.name,
    subnetGroup: subnetGroup.name,
    ...commonSettings(input, region),
    dataTiering: dataTiering(type, type.startsWith('cache.r6gd.')),
    createdAt,
    restoredFrom: restoredSnapshot(state, input.SnapshotName, version, 'CreateCacheCluster'),
  };
}

/** Adds what the request leaves out and its snapshot contains: engine, version and node type. */
function withSnapshotDefaults(state: State, input: Request): Request {
  if (input.SnapshotName === undefined) return input;
  const { group } = findSnapshot(state, input.SnapshotName);
  if (group.clusterMode) {
    throw invalidCombination(
      'A snapshot of a replication group with cluster mode enabled cannot be restored into a cache cluster: use CreateReplicationGroup.',
    );
  }
  return { ...input, ...engineDefaults(group, input) };
}

function refuseUnsupportedInput(input: Request): void {
  const { NumCacheNodes: count = 1 } = input;
  if (count > 1) throw invalidInput('Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.');
  if (count < 1) throw invalidInput('NumCacheNodes must be 1 for a Redis cluster.');
  // The words of AWS, for which a cache cluster of Redis never has TLS.
  if (input.TransitEncryptionEnabled === true) {
    throw invalidCombination('Encryption feature is not supported for engine REDIS.');
  }
  if (input.AuthToken) checkAuthToken(input.AuthToken, false);
  refuseSecurityGroups(input.CacheSecurityGroupNames);
  refuseOtherZoneModes(input.AZMode);
  if ((input.PreferredAvailabilityZones ?? []).length > 0) {
    throw invalidCombination(
      'PreferredAvailabilityZones is supported for Memcached only. Use PreferredAvailabilityZone.',
    );
  }
  refuseOtherNetworks(input);
  refuseGiven(input, ['SnapshotArns', 'OutpostMode', 'PreferredOutpostArn', 'PreferredOutpostArns']);
}

/** A folder for the node. A replication group that was made from a cache cluster of this ID keeps its folder. */
function unusedFolder({ replicationGroups }: State, id: string): string | undefined {
  const used = new Set(replicationGroups.map((group) => group.folder ?? group.id));
  if (!used.has(id)) return undefined;
  for (let number = 2; ; number += 1) if (!used.has(`${id}--${number}`)) return `${id}--${number}`;
}
