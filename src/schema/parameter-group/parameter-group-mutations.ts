import type { ParameterGroup } from '../../domain/parameters/parameter-group.js';
import {
  createParameterGroup,
  deleteParameterGroup,
  modifyParameterGroup,
  resetParameterGroup,
} from '../../resolvers/parameter-group/parameter-group-changes.js';
import type { Created } from '../../resolvers/shared/create-if-absent.js';
import { builder } from '../builder.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { ParameterGroupRef } from './parameter-group.js';

const nameField = { required: true, description: 'The name of the parameter group, in any case.' } as const;

const CreateParameterGroupInput = builder.inputType('CreateParameterGroupInput', {
  description: 'A new parameter group, with the values of its family.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'The name: 1 to 255 letters, digits and single hyphens, starting with a letter. It is stored in lowercase.',
    }),
    family: t.string({ required: true, description: 'The family, e.g. `valkey8`; see `engineVersions`.' }),
    description: t.string({ description: 'The purpose of the parameter group, in words. The default is its name.' }),
    tags: t.field({ type: [TagInput], description: 'Tags of the parameter group.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'If a parameter group of this name exists, succeed with it, unchanged, instead of failing with ALREADY_EXISTS.',
    }),
  }),
});

const ParameterValueInput = builder.inputType('ParameterValueInput', {
  description: 'A new value of a parameter.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name, e.g. `maxmemory-policy`.' }),
    value: t.string({ required: true, description: 'The value, as text.' }),
  }),
});

const ModifyParameterGroupInput = builder.inputType('ModifyParameterGroupInput', {
  description: 'A parameter group and new values.',
  fields: (t) => ({
    parameterGroup: t.string(nameField),
    parameters: t.field({
      type: [ParameterValueInput],
      required: true,
      description:
        'The parameters to change, 1 to 1000, each once. ElastiCache accepts 20 in one call, so that this API sends longer lists with ' +
        'several calls. If a later call is refused, the earlier ones are undone.',
    }),
  }),
});

const ResetParameterGroupInput = builder.inputType('ResetParameterGroupInput', {
  description: 'A parameter group and the parameters to set back.',
  fields: (t) => ({
    parameterGroup: t.string(nameField),
    names: t.stringList({ description: 'The names of the parameters. If omitted, all.' }),
  }),
});

const DeleteParameterGroupInput = builder.inputType('DeleteParameterGroupInput', {
  description: 'The parameter group to delete, which no cluster uses.',
  fields: (t) => ({ parameterGroup: t.string(nameField) }),
});

const groupDescription = 'The parameter group after the change; null if there are user errors.';

const CreateParameterGroupPayload = payloadRef<Created<ParameterGroup>>('CreateParameterGroupPayload').implement({
  description: 'The result of `createParameterGroup`.',
  fields: (t) => ({
    parameterGroup: t.field({
      authScopes: { may: 'clusters:read' },
      type: ParameterGroupRef,
      description: 'The parameter group; null if there are user errors.',
      resolve: ({ result }) => result?.resource,
    }),
    created: t.boolean({
      description: 'Whether this mutation created the parameter group; false if it already existed.',
      resolve: ({ result }) => result?.created,
    }),
  }),
});

const parameterGroupPayload = (mutation: string, description = groupDescription) =>
  payloadRef<ParameterGroup>(`${mutation[0]?.toUpperCase()}${mutation.slice(1)}Payload`).implement({
    description: `The result of \`${mutation}\`.`,
    fields: (t) => ({
      parameterGroup: t.field({
        authScopes: { may: 'clusters:read' },
        type: ParameterGroupRef,
        description,
        resolve: ({ result }) => result,
      }),
    }),
  });
const ModifyParameterGroupPayload = parameterGroupPayload('modifyParameterGroup');
const ResetParameterGroupPayload = parameterGroupPayload('resetParameterGroup');
const DeleteParameterGroupPayload = parameterGroupPayload(
  'deleteParameterGroup',
  'The last state of the parameter group; null if there are user errors.',
);

builder.mutationFields((t) => ({
  createParameterGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: CreateParameterGroupPayload,
    description: 'Creates a parameter group (CreateCacheParameterGroup). The permission must cover all clusters.',
    args: {
      input: t.arg({ type: CreateParameterGroupInput, required: true, description: 'The new parameter group.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => createParameterGroup(context, input)),
  }),
  modifyParameterGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: ModifyParameterGroupPayload,
    description:
      'Changes values of a parameter group, also on the nodes of its clusters (ModifyCacheParameterGroup). The permission must cover all ' +
      'clusters.',
    args: {
      input: t.arg({
        type: ModifyParameterGroupInput,
        required: true,
        description: 'The parameter group and the values.',
      }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyParameterGroup(context, input)),
  }),
  resetParameterGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: ResetParameterGroupPayload,
    description:
      'Sets parameters of a group back to the values of its family (ResetCacheParameterGroup). The permission must cover all clusters.',
    args: {
      input: t.arg({
        type: ResetParameterGroupInput,
        required: true,
        description: 'The parameter group and the names.',
      }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => resetParameterGroup(context, input)),
  }),
  deleteParameterGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: DeleteParameterGroupPayload,
    description:
      'Deletes a parameter group that no cluster uses (DeleteCacheParameterGroup). The permission must cover all clusters.',
    args: {
      input: t.arg({ type: DeleteParameterGroupInput, required: true, description: 'The parameter group to delete.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteParameterGroup(context, input)),
  }),
}));
