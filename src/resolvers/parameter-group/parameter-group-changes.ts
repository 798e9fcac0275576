import type { ParameterGroup, ParameterValue } from '../../domain/parameters/parameter-group.js';
import { invalidInput } from '../../domain/errors.js';
import { groupName } from '../../domain/identifiers.js';
import { checkTags, type Tag } from '../../domain/tags.js';
import { requireInAllClusters } from '../shared/access.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { createIfAbsent, type Created } from '../shared/create-if-absent.js';
import { changeInParts } from './change-in-parts.js';
import { existingParameterGroup } from './parameter-group.js';
import { atRefusedParameter } from './refused-parameter.js';

export interface CreateParameterGroupInput {
  readonly name: string;
  readonly family: string;
  readonly description?: string | null | undefined;
  readonly tags?: readonly Tag[] | null | undefined;
  readonly ifNotExists: boolean;
}

export interface ModifyParameterGroupInput {
  readonly parameterGroup: string;
  readonly parameters: readonly ParameterValue[];
}

export interface ResetParameterGroupInput {
  readonly parameterGroup: string;
  readonly names?: readonly string[] | null | undefined;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];

/** @throws ExpectedFailure for input that breaks a rule, before ElastiCache is called, and for ElastiCache's refusals */
export async function createParameterGroup(
  context: Context,
  input: CreateParameterGroupInput,
): Promise<Created<ParameterGroup>> {
  requireInAllClusters(context, 'clusters:admin');
  const { controlPlane, inventory } = context;
  const name = groupName(input.name, 'parameter group', at('name'));
  const tags = input.tags ?? [];
  checkTags(tags, at('tags'));
  const group = { name, family: input.family, description: input.description ?? name, tags };
  return createIfAbsent({
    ifNotExists: input.ifNotExists,
    label: `Parameter group ${name}`,
    path: at('name'),
    find: () => {
      inventory.forget();
      return inventory.parameterGroup(name);
    },
    create: () => controlPlane.createParameterGroup(group),
  });
}

/** @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, and for ElastiCache's refusals; then nothing has changed */
export async function modifyParameterGroup(
  context: Context,
  input: ModifyParameterGroupInput,
): Promise<ParameterGroup> {
  requireInAllClusters(context, 'clusters:admin');
  const { parameters } = input;
  checkNames(
    parameters.map(({ name }) => name),
    at('parameters'),
  );
  const group = await existingParameterGroup(context, input.parameterGroup);
  const names = parameters.map(({ name }) => name);
  const pathOf = (index: number, field: string): readonly string[] => at('parameters', String(index), field);
  await atRefusedParameter(context, { group, names, pathOf }, () =>
    changeInParts(context, group, parameters, {
      nameOf: ({ name }) => name,
      change: (part) => context.controlPlane.modifyParameterGroup({ name: group.name, parameters: part }),
    }),
  );
  return group;
}

/** Sets parameters, or all, to the values of the family. @throws ExpectedFailure as `modifyParameterGroup` does */
export async function resetParameterGroup(context: Context, input: ResetParameterGroupInput): Promise<ParameterGroup> {
  requireInAllClusters(context, 'clusters:admin');
  const { names } = input;
  if (names) checkNames(names, at('names'));
  const group = await existingParameterGroup(context, input.parameterGroup);
  const reset = (part: readonly string[] | undefined): Promise<void> =>
    context.controlPlane.resetParameterGroup({ name: group.name, names: part });
  if (names) {
    const pathOf = (index: number): readonly string[] => at('names', String(index));
    await atRefusedParameter(context, { group, names, pathOf }, () =>
      changeInParts(context, group, names, { nameOf: (name) => name, change: reset }),
    );
  } else await reset(undefined);
  return group;
}

/** Returns the last known state. */
export async function deleteParameterGroup(
  context: Context,
  input: { readonly parameterGroup: string },
): Promise<ParameterGroup> {
  const group = await existingParameterGroup(context, input.parameterGroup);
  await context.controlPlane.deleteParameterGroup({ name: group.name });
  return group;
}

/** Each parameter once: the order of several calls must not decide its value. */
function checkNames(names: readonly string[], path: readonly string[]): void {
  checkList(names, path);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated === -1) return;
  throw invalidInput('Expected each parameter once, got one twice.', [...path, String(repeated)]);
}
