import { ExpectedFailure } from '../../domain/errors.js';
import type { ParameterGroup } from '../../domain/parameters/parameter-group.js';
import type { Context } from '../shared/context.js';

interface Request {
  readonly group: ParameterGroup;
  /** The names of the parameters, in their order in the input. */
  readonly names: readonly string[];
  /** The path of the parameter with this index, or of its value. */
  pathOf(this: void, index: number, field: 'name' | 'value'): readonly string[];
}

/**
 * Runs a change of parameters. ElastiCache refuses a request as a whole: the path of its refusal becomes that of the first parameter
 * that the group does not have or that is fixed, else that of the parameter whose name is in the message.
 */
export async function atRefusedParameter(
  context: Context,
  request: Request,
  change: () => Promise<void>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof ExpectedFailure) || error.code !== 'INVALID_INPUT') throw error;
    const { code, message, upstreamCode } = error;
    const path = await refusedPath(context, request, message);
    throw path === undefined ? error : new ExpectedFailure(code, message, { path, upstreamCode, cause: error });
  }
}

async function refusedPath(
  { inventory }: Context,
  { group, names, pathOf }: Request,
  message: string,
): Promise<readonly string[] | undefined> {
  const known = await inventory.parameters(group.name, false).catch(() => undefined);
  const modifiable = new Set(known?.flatMap(({ name, isModifiable }) => (isModifiable ? [name] : [])));
  const wrongName = known === undefined ? -1 : names.findIndex((name) => !modifiable.has(name));
  if (wrongName !== -1) return pathOf(wrongName, 'name');
  const words = new Set(message.split(/[^\w-]+/));
  const wrongValue = names.findIndex((name) => words.has(name));
  return wrongValue === -1 ? undefined : pathOf(wrongValue, 'value');
}
