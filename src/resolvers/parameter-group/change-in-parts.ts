import type { ParameterGroup } from '../../domain/parameters/parameter-group.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { Context } from '../shared/context.js';

/** ElastiCache accepts 20 parameters in one call. */
const mostInCall = 20;

/**
 * Changes parameters with several calls if they are too many for one. If ElastiCache refuses a later call, the earlier ones are
 * undone, so that a refused change has changed nothing.
 * @throws ExpectedFailure if ElastiCache refuses; Outage UNKNOWN_OUTCOME if a part of the change may have been made
 */
export async function changeInParts<Item>(
  context: Context,
  group: ParameterGroup,
  items: readonly Item[],
  { nameOf, change }: { nameOf: (item: Item) => string; change: (part: readonly Item[]) => Promise<void> },
): Promise<void> {
  const parts = partsOf(items);
  if (parts.length <= 1) return change(items);
  const before = await context.controlPlane.parameters({ parameterGroup: group.name, source: 'USER' });
  for (const [index, part] of parts.entries()) {
    try {
      await change(part);
    } catch (error) {
      const changed = parts.slice(0, index).flat().map(nameOf);
      if (changed.length === 0) throw error;
      if (!(error instanceof ExpectedFailure)) throw partlyChanged(changed.length, error);
      const earlier = new Map(before.map(({ name, value }) => [name, value ?? '']));
      await restore(context, group, changed, earlier).catch((cause: unknown) => {
        throw partlyChanged(changed.length, cause);
      });
      throw error;
    }
  }
}

/** Gives parameters the values that they had; those that had none of their own are reset. */
async function restore(
  { controlPlane }: Context,
  { name }: ParameterGroup,
  changed: readonly string[],
  earlier: ReadonlyMap<string, string>,
): Promise<void> {
  const own = changed.flatMap((parameter) => {
    const value = earlier.get(parameter);
    return value === undefined ? [] : [{ name: parameter, value }];
  });
  for (const parameters of partsOf(own)) await controlPlane.modifyParameterGroup({ name, parameters });
  for (const names of partsOf(changed.filter((parameter) => !earlier.has(parameter)))) {
    await controlPlane.resetParameterGroup({ name, names });
  }
}

function partsOf<Item>(items: readonly Item[]): (readonly Item[])[] {
  const count = Math.ceil(items.length / mostInCall);
  return Array.from({ length: count }, (_, index) => items.slice(index * mostInCall, (index + 1) * mostInCall));
}

function partlyChanged(count: number, cause: unknown): Outage {
  const message =
    `ElastiCache failed after it had changed ${count} of the parameters: the change may have been made in part. ` +
    'Read the parameters before trying again.';
  return new Outage('UNKNOWN_OUTCOME', message, { cause });
}
