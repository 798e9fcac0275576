import type { Snapshot } from '../../domain/cluster/snapshot.js';
import { snapshotName } from '../../domain/identifiers.js';
import { checkTags, type Tag } from '../../domain/tags.js';
import { existingCluster } from '../cluster/cluster.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { existingSnapshot } from '../shared/existing-snapshot.js';

interface CreateSnapshotInput {
  readonly cluster: string;
  readonly name: string;
  readonly tags?: readonly Tag[] | null | undefined;
}

interface CopySnapshotInput {
  readonly snapshot: string;
  readonly name: string;
  readonly tags?: readonly Tag[] | null | undefined;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];

/** @throws ExpectedFailure for input that breaks a rule, before ElastiCache is called, and for ElastiCache's refusals */
export async function createSnapshot(context: Context, input: CreateSnapshotInput): Promise<Snapshot> {
  requirePermission(context, 'clusters:admin', { cluster: input.cluster });
  const { name, tags } = newSnapshot(input);
  const { name: cluster, isCacheCluster } = await existingCluster(context, input.cluster, at('cluster'));
  return context.controlPlane.createSnapshot({ cluster, isCacheCluster, name, tags });
}

/** @throws ExpectedFailure as `createSnapshot` does */
export async function copySnapshot(context: Context, input: CopySnapshotInput): Promise<Snapshot> {
  const { name, tags } = newSnapshot(input);
  const source = await existingSnapshot(context, input.snapshot, at('snapshot'));
  return context.controlPlane.copySnapshot({ source: source.name, target: name, tags });
}

/** Returns the last known state, with the status DELETING. */
export async function deleteSnapshot(context: Context, input: { readonly snapshot: string }): Promise<Snapshot> {
  const { name } = await existingSnapshot(context, input.snapshot, at('snapshot'));
  return context.controlPlane.deleteSnapshot({ name });
}

function newSnapshot(input: Pick<CreateSnapshotInput, 'name' | 'tags'>): { name: string; tags: readonly Tag[] } {
  const name = snapshotName(input.name, at('name'));
  const tags = input.tags ?? [];
  checkTags(tags, at('tags'));
  return { name, tags };
}
