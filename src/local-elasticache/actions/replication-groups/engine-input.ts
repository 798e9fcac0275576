import type { Engine } from '../../../domain/cluster/cluster.js';
import { engineVersion, type EngineVersion } from '../../../domain/cluster/engines.js';
import { defaultParameterGroupName } from '../../../domain/parameters/parameter-families.js';
import type { State } from '../../state/region-state.js';
import { findParameterGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';

interface ParameterChoice {
  readonly name: string;
  readonly clusterMode: boolean;
}

/**
 * Returns the named or the default parameter group for an engine version. Cluster mode is its parameter
 * `cluster-enabled`, which decides if `clusterMode` is undefined.
 * @throws ExpectedFailure if the group fits neither the engine version nor the cluster mode
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
      `Expected cluster mode to be ${needed}, but parameter group ${group.name} turns it ${group.clusterMode ? 'on' : 'off'}.`,
    );
  }
  return { name: group.name, clusterMode: group.clusterMode };
}

/** The engine version of a stored group, which was valid when it was created. */
export function recordedVersion({
  engine,
  engineVersion: version,
}: {
  engine: Engine;
  engineVersion: string;
}): EngineVersion {
  return engineVersion(engine, version);
}
