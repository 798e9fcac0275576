import type { Engine } from '../../../domain/cluster/cluster.js';
import { engineVersion, type EngineVersion } from '../../../domain/cluster/engines.js';
import { defaultParameterGroupName } from '../../../domain/cluster/parameter-families.js';
import type { State } from '../../state/model.js';
import { findParameterGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';

interface ParameterChoice {
  readonly name: string;
  readonly clusterMode: boolean;
}

/**
 * The parameter group for an engine version: the one that is named, or the default. Cluster mode is its parameter
 * `cluster-enabled`, so that it decides where `clusterMode` is left open.
 * @throws ExpectedFailure where the two do not fit together.
 */
export function chooseParameterGroup(
  state: State,
  version: EngineVersion,
  name: string | undefined,
  clusterMode: boolean | undefined,
): ParameterChoice {
  const family = version.parameterGroupFamily;
  if (name === undefined) {
    const on = clusterMode ?? false;
    return { name: defaultParameterGroupName(family, on), clusterMode: on };
  }
  const group = findParameterGroup(state, name);
  if (group.family !== family) {
    throw invalidCombination(`Expected a parameter group of family ${family} but found one of family ${group.family}.`);
  }
  if (clusterMode !== undefined && clusterMode !== group.clusterMode) {
    const needed = clusterMode ? 'on' : 'off';
    throw invalidCombination(
      `Cluster mode is to be ${needed}, but parameter group ${group.name} turns it ${group.clusterMode ? 'on' : 'off'}.`,
    );
  }
  return { name: group.name, clusterMode: group.clusterMode };
}

/** The version of a record, which was checked when it was made. */
export function recordedVersion({
  engine,
  engineVersion: version,
}: {
  engine: Engine;
  engineVersion: string;
}): EngineVersion {
  return engineVersion(engine, version);
}
