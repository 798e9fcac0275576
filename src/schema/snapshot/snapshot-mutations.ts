import type { Snapshot } from '../../domain/cluster/snapshot.js';
import { copySnapshot, createSnapshot, deleteSnapshot } from '../../resolvers/snapshot/snapshot-writes.js';
import { builder } from '../builder.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { SnapshotRef } from './snapshot.js';

const newName =
  'The unique name: 1 to 255 letters, digits and single hyphens, starting with a letter. It is stored in lowercase.';

const CreateSnapshotInput = builder.inputType('CreateSnapshotInput', {
  description: 'A new snapshot.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case. It must be AVAILABLE." }),
    name: t.string({ required: true, description: newName }),
    tags: t.field({ type: [TagInput], description: 'Tags of the snapshot.' }),
  }),
});

const CopySnapshotInput = builder.inputType('CopySnapshotInput', {
  description: 'A copy of a snapshot.',
  fields: (t) => ({
    snapshot: t.string({ required: true, description: 'The name of the snapshot to copy, in any case.' }),
    name: t.string({ required: true, description: newName }),
    tags: t.field({ type: [TagInput], description: 'Tags of the copy, besides those of the snapshot.' }),
  }),
});

const DeleteSnapshotInput = builder.inputType('DeleteSnapshotInput', {
  description: 'The snapshot to delete.',
  fields: (t) => ({
    snapshot: t.string({ required: true, description: 'The name of the snapshot, in any case.' }),
  }),
});

const snapshotPayload = (name: string, description: string, snapshotDescription: string) =>
  payloadRef<Snapshot>(name).implement({
    description,
    fields: (t) => ({
      snapshot: t.field({
        authScopes: { may: 'clusters:read' },
        type: SnapshotRef,
        description: snapshotDescription,
        resolve: ({ result }) => result,
      }),
    }),
  });
const CreateSnapshotPayload = snapshotPayload(
  'CreateSnapshotPayload',
  'The result of `createSnapshot`, which does not wait.',
  'The snapshot, with the status CREATING; null if there are user errors.',
);
const CopySnapshotPayload = snapshotPayload(
  'CopySnapshotPayload',
  'The result of `copySnapshot`, which does not wait.',
  'The copy, with the status CREATING; null if there are user errors.',
);
const DeleteSnapshotPayload = snapshotPayload(
  'DeleteSnapshotPayload',
  'The result of `deleteSnapshot`.',
  'The last state of the snapshot, with the status DELETING; null if there are user errors.',
);

builder.mutationFields((t) => ({
  createSnapshot: t.field({
    authScopes: { may: 'clusters:admin' },
    type: CreateSnapshotPayload,
    description:
      'Saves the data of a cluster, which is SNAPSHOTTING meanwhile and serves its clients (CreateSnapshot).',
    args: { input: t.arg({ type: CreateSnapshotInput, required: true, description: 'The new snapshot.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createSnapshot(context, input)),
  }),
  copySnapshot: t.field({
    authScopes: { may: 'clusters:admin' },
    type: CopySnapshotPayload,
    description: 'Copies a snapshot, e.g. to keep an automatic one (CopySnapshot).',
    args: { input: t.arg({ type: CopySnapshotInput, required: true, description: 'The snapshot and its copy.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => copySnapshot(context, input)),
  }),
  deleteSnapshot: t.field({
    authScopes: { may: 'clusters:admin' },
    type: DeleteSnapshotPayload,
    description: 'Deletes a snapshot (DeleteSnapshot).',
    args: { input: t.arg({ type: DeleteSnapshotInput, required: true, description: 'The snapshot to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteSnapshot(context, input)),
  }),
}));
