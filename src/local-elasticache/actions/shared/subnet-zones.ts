import { invalidInput } from '../../../domain/errors.js';
import type { State } from '../../state/region-state.js';
import { findSubnetGroup } from './lookup.js';

/** The availability zones of a subnet group, each once. */
export function subnetZones(state: State, subnetGroup: string): string[] {
  return [...new Set(findSubnetGroup(state, subnetGroup).subnets.map(({ availabilityZone }) => availabilityZone))];
}

/** @throws ExpectedFailure InvalidParameterValue if a requested zone has no subnet in the subnet group */
export function checkZones(requested: readonly string[], zones: readonly string[]): void {
  const wrong = requested.find((zone) => !zones.includes(zone));
  if (wrong === undefined) return;
  throw invalidInput(
    `${wrong.slice(0, 40)} is not a valid availability zone. The zones of the cache subnet group are ${zones.join(', ')}.`,
  );
}
