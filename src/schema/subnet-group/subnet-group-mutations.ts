import type { SubnetGroup } from '../../domain/cluster/subnet-group.js';
import type { Created } from '../../resolvers/shared/create-if-absent.js';
import { createSubnetGroup, deleteSubnetGroup, modifySubnetGroup } from '../../resolvers/subnet-group/subnet-group.js';
import { builder } from '../builder.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { SubnetGroupRef } from './subnet-group.js';

const CreateSubnetGroupInput = builder.inputType('CreateSubnetGroupInput', {
  description: 'A new subnet group.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'The name: 1 to 255 letters, digits and single hyphens, starting with a letter. It is stored in lowercase.',
    }),
    description: t.string({ description: 'The purpose of the subnet group, in words. The default is its name.' }),
    subnetIds: t.stringList({ required: true, description: 'IDs of subnets of one VPC.' }),
    tags: t.field({ type: [TagInput], description: 'Tags of the subnet group.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'If a subnet group of this name exists, succeed with it, unchanged, instead of failing with ALREADY_EXISTS.',
    }),
  }),
});

const ModifySubnetGroupInput = builder.inputType('ModifySubnetGroupInput', {
  description: 'Changes of a subnet group. Omitted fields keep their values.',
  fields: (t) => ({
    subnetGroup: t.string({ required: true, description: 'The name of the subnet group, in any case.' }),
    description: t.string({ description: 'The purpose of the subnet group, in words.' }),
    subnetIds: t.stringList({ description: 'IDs of the subnets, which replace the current ones.' }),
  }),
});

const DeleteSubnetGroupInput = builder.inputType('DeleteSubnetGroupInput', {
  description: 'The subnet group to delete, which no cluster uses.',
  fields: (t) => ({
    subnetGroup: t.string({ required: true, description: 'The name of the subnet group, in any case.' }),
  }),
});

const CreateSubnetGroupPayload = payloadRef<Created<SubnetGroup>>('CreateSubnetGroupPayload').implement({
  description: 'The result of `createSubnetGroup`.',
  fields: (t) => ({
    subnetGroup: t.field({
      authScopes: { may: 'clusters:read' },
      type: SubnetGroupRef,
      description: 'The subnet group; null if there are user errors.',
      resolve: ({ result }) => result?.resource,
    }),
    created: t.boolean({
      description: 'Whether this mutation created the subnet group; false if it already existed.',
      resolve: ({ result }) => result?.created,
    }),
  }),
});

const subnetGroupPayload = (name: string, description: string, groupDescription: string) =>
  payloadRef<SubnetGroup>(name).implement({
    description,
    fields: (t) => ({
      subnetGroup: t.field({
        authScopes: { may: 'clusters:read' },
        type: SubnetGroupRef,
        description: groupDescription,
        resolve: ({ result }) => result,
      }),
    }),
  });
const ModifySubnetGroupPayload = subnetGroupPayload(
  'ModifySubnetGroupPayload',
  'The result of `modifySubnetGroup`.',
  'The subnet group after the change; null if there are user errors.',
);
const DeleteSubnetGroupPayload = subnetGroupPayload(
  'DeleteSubnetGroupPayload',
  'The result of `deleteSubnetGroup`.',
  'The last state of the subnet group; null if there are user errors.',
);

builder.mutationFields((t) => ({
  createSubnetGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: CreateSubnetGroupPayload,
    description: 'Creates a subnet group (CreateCacheSubnetGroup). The permission must cover all clusters.',
    args: { input: t.arg({ type: CreateSubnetGroupInput, required: true, description: 'The new subnet group.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createSubnetGroup(context, input), input),
  }),
  modifySubnetGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: ModifySubnetGroupPayload,
    description: 'Changes a subnet group (ModifyCacheSubnetGroup). The permission must cover all clusters.',
    args: {
      input: t.arg({ type: ModifySubnetGroupInput, required: true, description: 'The subnet group and the changes.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => modifySubnetGroup(context, input), input),
  }),
  deleteSubnetGroup: t.field({
    authScopes: { may: 'clusters:admin' },
    type: DeleteSubnetGroupPayload,
    description:
      'Deletes a subnet group that no cluster uses (DeleteCacheSubnetGroup). The permission must cover all clusters.',
    args: {
      input: t.arg({ type: DeleteSubnetGroupInput, required: true, description: 'The subnet group to delete.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteSubnetGroup(context, input)),
  }),
}));
