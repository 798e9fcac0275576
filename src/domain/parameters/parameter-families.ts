import type { EngineVersion } from '../cluster/engines.js';
import { engineVersions } from '../cluster/engines.js';

/** The families of parameter groups: the engine versions of one family share one set of parameters. */
export const parameterFamilies: readonly string[] = [
  ...new Set(engineVersions.map(({ parameterGroupFamily }) => parameterGroupFamily)),
];

/** A parameter group that exists from the start. */
export interface DefaultParameterGroup {
  readonly name: string;
  readonly family: string;
  readonly clusterMode: boolean;
}

/**
 * Returns the default parameter group of this name: `default.<family>` or `default.<family>.cluster.on`. A family may
 * be written with its minor version (`default.valkey7.2.cluster.on`), as AWS's own tutorial does.
 */
export function defaultParameterGroup(name: string): DefaultParameterGroup | undefined {
  const [, written, on] =
    /^default\.((?:redis|valkey)\d+(?:\.\d+|\.x)?)(\.cluster\.on)?$/.exec(name.toLowerCase()) ?? [];
  if (written === undefined) return undefined;
  const family = parameterFamilies.find((known) => known === written) ?? familyOfVersion(written);
  if (family === undefined) return undefined;
  return { name: defaultParameterGroupName(family, on !== undefined), family, clusterMode: on !== undefined };
}

function familyOfVersion(written: string): string | undefined {
  return engineVersions.find(({ engine, version }) => `${engine.toLowerCase()}${version}` === written)
    ?.parameterGroupFamily;
}

/** Returns the name of a family's default parameter group. */
export function defaultParameterGroupName(family: EngineVersion['parameterGroupFamily'], clusterMode: boolean): string {
  return `default.${family}${clusterMode ? '.cluster.on' : ''}`;
}
