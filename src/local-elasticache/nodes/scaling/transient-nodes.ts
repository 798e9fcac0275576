import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLayout, type Layout } from '../group/layout.js';
import type { GroupSpec } from '../interfaces.js';

/**
 * Deletes the folders of nodes that an earlier run was adding or removing when it ended. Nothing depends on their data:
 * they were copies, or had no slots.
 */
export async function discardTransientNodes(
  directory: string,
  layout: Layout | undefined,
): Promise<Layout | undefined> {
  const transient = Object.entries(layout?.nodes ?? {}).flatMap(([id, node]) => (node.isTransient ? [id] : []));
  if (!layout || transient.length === 0) return layout;
  for (const id of transient) await deleteNodeFolder(directory, id);
  const kept = transient.reduce(withoutNode, layout);
  await writeLayout(directory, kept);
  return kept;
}

/** Leaves out the nodes and shards that the layout does not have yet. */
export function onlyPlaced(spec: GroupSpec, layout: Layout): GroupSpec {
  const shards = spec.shards.map((shard) => ({ ...shard, nodes: shard.nodes.filter(({ id }) => id in layout.nodes) }));
  return { ...spec, shards: shards.filter(({ nodes }) => nodes.length > 0) };
}

export async function deleteNodeFolder(directory: string, id: string): Promise<void> {
  await rm(join(directory, id), { recursive: true, force: true, maxRetries: 3 });
}

export function withoutNode(layout: Layout, id: string): Layout {
  const without = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).filter(([other]) => other !== id));
  const primaries = Object.fromEntries(Object.entries(layout.primaries).filter(([, primary]) => primary !== id));
  return { ...layout, nodes: without(layout.nodes), primaries, progress: layout.progress && without(layout.progress) };
}
