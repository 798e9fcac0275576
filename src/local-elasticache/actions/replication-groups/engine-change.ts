import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { compareVersions, engineNamed, engineVersion, type EngineVersion } from '../../../domain/cluster/engines.js';
import { defaultParameterGroup } from '../../../domain/parameters/parameter-families.js';
import { withPendingChanges } from '../../lifecycle/pending-changes.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import type { PendingChanges } from '../../state/records/pending-changes.js';
import { chooseParameterGroup, recordedVersion } from './engine-input.js';
import { invalidCombination } from '../shared/refuse.js';

/** The members of a request that change the engine. */
export type EngineRequest = Pick<ModifyReplicationGroupMessage, 'Engine' | 'EngineVersion' | 'CacheParameterGroupName'>;

interface EngineChange {
  /** A parameter group for the current version. */
  readonly parameterGroup?: string;
  /** A later version, or Valkey in place of Redis, and its parameter group. */
  readonly upgrade: Pick<PendingChanges, 'engine' | 'engineVersion' | 'parameterGroup'>;
}

/** Checks a change to a newer engine version, from Redis to Valkey, or to another parameter group. Downgrades are refused. */
export function engineChange(state: State, group: ReplicationGroupRecord, input: EngineRequest): EngineChange {
  const { Engine, EngineVersion, CacheParameterGroupName } = input;
  if (Engine === undefined && EngineVersion === undefined && CacheParameterGroupName === undefined) {
    return { upgrade: {} };
  }
  const now = recordedVersion(group);
  const target = targetVersion(group, now, input);
  if (compareVersions(target, now) < 0) {
    const to = target.engine === now.engine ? target.version : `${target.engine.toLowerCase()} ${target.version}`;
    throw invalidCombination(`Cannot modify ${now.engine.toLowerCase()} from ${now.version} to ${to}.`);
  }
  // A default parameter group changes with its engine version. A custom group of the new family must be named in the
  // request, unless the upgrade that waits has one.
  const planned = withPendingChanges(group);
  const followsVersion = defaultParameterGroup(planned.parameterGroup) !== undefined;
  const named = CacheParameterGroupName ?? (followsVersion ? undefined : planned.parameterGroup);
  const { name: parameterGroup } = chooseParameterGroup(state, target, named, group.clusterMode);
  const upgrade = { engine: target.engine, engineVersion: target.version, parameterGroup };
  return compareVersions(target, now) === 0 ? { parameterGroup, upgrade } : { upgrade };
}

/** The requested version; without one, that of an upgrade that waits. */
function targetVersion(
  group: ReplicationGroupRecord,
  now: EngineVersion,
  { Engine, EngineVersion: requested }: EngineRequest,
): EngineVersion {
  const planned = recordedVersion(withPendingChanges(group));
  const engine = Engine === undefined ? planned.engine : engineNamed(Engine);
  if (requested !== undefined) return engineVersion(engine, requested);
  if (engine === planned.engine) return planned;
  return engine === now.engine ? now : engineVersion(engine, undefined);
}
