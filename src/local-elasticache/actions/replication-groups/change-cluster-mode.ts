import {
  InvalidReplicationGroupStateFault$,
  type ModifyReplicationGroupMessage,
  type ModifyReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { compareVersions } from '../../../domain/cluster/engines.js';
import { defaultParameterGroup } from '../../../domain/parameters/parameter-families.js';
import { clusterModeOf, needsRestart, setClusterMode } from '../../lifecycle/cluster-mode.js';
import type { ClusterModeName, ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { clusterModeNamed } from '../shared/recorded-features.js';
import { invalidCombination, refuseOthers } from '../shared/refuse.js';
import { chooseParameterGroup, recordedVersion } from './engine-input.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';

type Request = Decoded<ModifyReplicationGroupMessage>;

/** The steps that AWS allows. */
const nextModes: Readonly<Record<ClusterModeName, readonly ClusterModeName[]>> = {
  disabled: ['compatible'],
  compatible: ['enabled', 'disabled'],
  enabled: [],
};

/**
 * Changes the cluster mode. Answers with status `modifying`. The group becomes `available` when its nodes run in the mode.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
 */
export function changeClusterMode(
  { account, groups, afterStored }: ChangeContext,
  group: ReplicationGroupRecord,
  input: Request,
  mode: ClusterModeName,
): ModifyReplicationGroupResult {
  const { state } = account;
  refuseOthers(
    input,
    ['ReplicationGroupId', 'ClusterMode', 'CacheParameterGroupName', 'ApplyImmediately'],
    (other) => `${other} cannot be modified together with ClusterMode: only CacheParameterGroupName can.`,
  );
  requireStatus(group, ['available'], 'modification');
  requireStep(group, mode);
  if (mode === 'compatible') requireReady(group);
  const parameterGroup = parameterGroupFor(state, group, mode, input.CacheParameterGroupName);

  group.status = 'modifying';
  account.record('replication-group', group.id, `Replication group ${group.id} modified`);
  if (needsRestart(group, mode)) {
    group.pendingClusterMode = { mode, parameterGroup };
    afterStored(() => groups.changeClusterMode(group.id));
  } else {
    setClusterMode(group, { mode, parameterGroup });
    afterStored(() => groups.modify(group.id, () => Promise.resolve()));
  }
  return { ReplicationGroup: replicationGroupView(account, group, groups.topology(group.id)) };
}

/** The mode that the request names; undefined if that is the current one. @throws ExpectedFailure if it is none */
export function requestedMode(group: ReplicationGroupRecord, mode: string | undefined): ClusterModeName | undefined {
  if (mode === undefined || mode === clusterModeOf(group)) return undefined;
  return clusterModeNamed(mode);
}

function requireStep(group: ReplicationGroupRecord, mode: ClusterModeName): void {
  const now = clusterModeOf(group);
  if (nextModes[now].includes(mode)) return;
  throw invalidCombination(
    now === 'enabled'
      ? 'The cluster mode cannot be changed once it is enabled.'
      : 'The cluster mode must be set to compatible before it can be enabled.',
  );
}

function requireReady(group: ReplicationGroupRecord): void {
  const { automaticFailover, shards, pendingChanges } = group;
  const version = recordedVersion(group);
  if (version.engine === 'REDIS' && compareVersions(version, { ...version, version: '7.0' }) < 0) {
    throw invalidCombination('Cluster mode compatible requires Valkey 7.2 or later, or Redis OSS 7.0 or later.');
  }
  if (!automaticFailover || shards.some(({ nodes }) => nodes.length < 2)) {
    throw invalidCombination('Cluster mode compatible requires automatic failover and at least 1 replica.');
  }
  if (pendingChanges !== undefined) {
    const message = `Replication group ${group.id} has other changes that wait. Apply them first.`;
    throw fault(InvalidReplicationGroupStateFault$, message);
  }
}

/** A default group is replaced by the other default of its family, and a disabled cluster has its former one again. */
function parameterGroupFor(
  state: State,
  group: ReplicationGroupRecord,
  mode: ClusterModeName,
  name: string | undefined,
): string {
  const former = mode === 'disabled' ? group.compatible?.formerParameterGroup : group.parameterGroup;
  const isDefault = former !== undefined && defaultParameterGroup(former) !== undefined;
  const chosen = name ?? (isDefault ? undefined : former);
  return chooseParameterGroup(state, recordedVersion(group), chosen, mode !== 'disabled').name;
}

/**
 * Refuses changes that ElastiCache does not make in cluster mode compatible.
 * @throws AwsFault InvalidReplicationGroupState
 */
export function requireSettledMode(group: ReplicationGroupRecord, purpose: string): void {
  if (!group.compatible) return;
  const message = `Replication group ${group.id} has cluster mode compatible, which does not allow ${purpose}. Enable or disable cluster mode first.`;
  throw fault(InvalidReplicationGroupStateFault$, message);
}
