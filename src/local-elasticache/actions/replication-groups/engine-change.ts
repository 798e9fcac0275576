import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { compareVersions, engineNamed, engineVersion } from '../../../domain/cluster/engines.js';
import { defaultParameterGroup } from '../../../domain/cluster/parameter-families.js';
import type { ReplicationGroupRecord, State } from '../../state/model.js';
import { chooseParameterGroup, recordedVersion } from './engine-input.js';
import { invalidCombination } from '../shared/refuse.js';

type EngineChange = Partial<Pick<ReplicationGroupRecord, 'engine' | 'engineVersion' | 'parameterGroup'>>;

/** A later engine version, Valkey in the place of Redis, or another parameter group; versions only go up. */
export function engineChange(
  state: State,
  group: ReplicationGroupRecord,
  input: Pick<ModifyReplicationGroupMessage, 'Engine' | 'EngineVersion' | 'CacheParameterGroupName'>,
): EngineChange {
  const { Engine, EngineVersion, CacheParameterGroupName } = input;
  if (Engine === undefined && EngineVersion === undefined && CacheParameterGroupName === undefined) return {};
  const now = recordedVersion(group);
  const engine = Engine === undefined ? group.engine : engineNamed(Engine);
  const wanted = engine === group.engine && EngineVersion === undefined ? now : engineVersion(engine, EngineVersion);
  if (compareVersions(wanted, now) < 0) {
    throw invalidCombination(
      `Cannot go back from ${now.engine.toLowerCase()} ${now.version} to ${wanted.engine.toLowerCase()} ${wanted.version}.`,
    );
  }
  // A default parameter group follows its engine version; a group of one's own must be named anew with the family.
  const followsVersion = defaultParameterGroup(group.parameterGroup) !== undefined;
  const named = CacheParameterGroupName ?? (followsVersion ? undefined : group.parameterGroup);
  const parameters = chooseParameterGroup(state, wanted, named, group.clusterMode);
  return { engine, engineVersion: wanted.version, parameterGroup: parameters.name };
}
