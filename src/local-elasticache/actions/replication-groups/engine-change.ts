import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { compareVersions, engineNamed, engineVersion } from '../../../domain/cluster/engines.js';
import { defaultParameterGroup } from '../../../domain/cluster/parameter-families.js';
import type { ReplicationGroupRecord, State } from '../../state/model.js';
import { chooseParameterGroup, recordedVersion } from './engine-input.js';
import { invalidCombination } from '../shared/refuse.js';

type EngineChange = Partial<Pick<ReplicationGroupRecord, 'engine' | 'engineVersion' | 'parameterGroup'>>;

/** Checks a change to a newer engine version, from Redis to Valkey, or to another parameter group. Downgrades are refused. */
export function engineChange(
  state: State,
  group: ReplicationGroupRecord,
  input: Pick<ModifyReplicationGroupMessage, 'Engine' | 'EngineVersion' | 'CacheParameterGroupName'>,
): EngineChange {
  const { Engine, EngineVersion, CacheParameterGroupName } = input;
  if (Engine === undefined && EngineVersion === undefined && CacheParameterGroupName === undefined) return {};
  const now = recordedVersion(group);
  const engine = Engine === undefined ? group.engine : engineNamed(Engine);
  const target = engine === group.engine && EngineVersion === undefined ? now : engineVersion(engine, EngineVersion);
  if (compareVersions(target, now) < 0) {
    throw invalidCombination(
      `Cannot downgrade from ${now.engine.toLowerCase()} ${now.version} to ${target.engine.toLowerCase()} ${target.version}.`,
    );
  }
  // A default parameter group changes with its engine version. A custom group of the new family must be named in the
  // request.
  const followsVersion = defaultParameterGroup(group.parameterGroup) !== undefined;
  const named = CacheParameterGroupName ?? (followsVersion ? undefined : group.parameterGroup);
  const parameters = chooseParameterGroup(state, target, named, group.clusterMode);
  return { engine, engineVersion: target.version, parameterGroup: parameters.name };
}
