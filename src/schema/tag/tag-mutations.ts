import { brandWithType } from '@pothos/core';
import { addTags, removeTags, type ResourceReference, type Tagged } from '../../resolvers/tag/tag.js';
import { readTagged, requireRead } from '../../resolvers/tag/tagged-resource.js';
import { builder } from '../builder.js';
import { parseGlobalID } from '../shared/global-id.js';
import { guardedByResolver } from '../shared/scopes.js';
import { TagInput, TagRef } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const resourceDescription =
  'The global ID of a cluster, a node, a user, a user group, a parameter group, a subnet group or a snapshot, or the ARN of any resource of ElastiCache.';

const AddTagsInput = builder.inputType('AddTagsInput', {
  description: 'A resource and its new tags.',
  fields: (t) => ({
    resource: t.string({ required: true, description: resourceDescription }),
    tags: t.field({
      type: [TagInput],
      required: true,
      description: 'The tags to add, each key once. A tag of the resource with the same key gets the new value.',
    }),
  }),
});

const RemoveTagsInput = builder.inputType('RemoveTagsInput', {
  description: 'A resource and the tags to remove.',
  fields: (t) => ({
    resource: t.string({ required: true, description: resourceDescription }),
    keys: t.stringList({ required: true, description: 'The keys of the tags to remove.' }),
  }),
});

const taggedPayload = (name: string, mutation: string) =>
  payloadRef<Tagged>(name).implement({
    description: `The result of \`${mutation}\`.`,
    fields: (t) => ({
      resource: t.field({
        extensions: guardedByResolver,
        type: builder.nodeInterfaceRef(),
        nullable: true,
        description:
          'The resource, which requires the permission to read it; null if there are user errors, and for a kind that has no type here.',
        resolve: async ({ result }, _arguments, context) => {
          const node = result ? await readTagged(context, result.resource) : null;
          if (node) brandWithType(node, result?.resource.object?.typename as never);
          return node;
        },
      }),
      tags: t.field({
        extensions: guardedByResolver,
        type: [TagRef],
        nullable: { list: true, items: false },
        description:
          'All tags of the resource after the change, which requires the permission to read it; null if there are user errors.',
        resolve: async ({ result }, _arguments, context) => {
          if (result) await requireRead(context, result.resource);
          return result?.tags;
        },
      }),
    }),
  });
const AddTagsPayload = taggedPayload('AddTagsPayload', 'addTags');
const RemoveTagsPayload = taggedPayload('RemoveTagsPayload', 'removeTags');

const permissions =
  'Requires `users:admin` for users and user groups, `clusters:admin` on the cluster for clusters, nodes and snapshots, and `clusters:admin` in all ' +
  'clusters for other resources.';

builder.mutationFields((t) => ({
  addTags: t.field({
    extensions: guardedByResolver,
    type: AddTagsPayload,
    description:
      'Adds or changes tags of a resource by its global ID or ARN (AddTagsToResource). Tags of a cluster are also those of its nodes. ' +
      permissions,
    args: { input: t.arg({ type: AddTagsInput, required: true, description: 'The resource and the tags.' }) },
    resolve: (_root, { input }, context) =>
      withUserErrors(async () => addTags(context, referenceOf(input.resource), input.tags)),
  }),
  removeTags: t.field({
    extensions: guardedByResolver,
    type: RemoveTagsPayload,
    description: `Removes tags of a resource by its global ID or ARN (RemoveTagsFromResource). ${permissions}`,
    args: { input: t.arg({ type: RemoveTagsInput, required: true, description: 'The resource and the keys.' }) },
    resolve: (_root, { input }, context) =>
      withUserErrors(async () => removeTags(context, referenceOf(input.resource), input.keys), input),
  }),
}));

function referenceOf(resource: string): ResourceReference {
  const decoded = resource.startsWith('arn:') ? undefined : parseGlobalID(resource);
  // Text that is neither is refused as an ARN.
  return decoded ?? resource;
}
