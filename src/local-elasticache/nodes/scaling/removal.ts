import type { Shard } from '../shard/shard.js';
import type { ManagedNode } from '../node.js';
import { whenReplicasKnown } from './known-replicas.js';
import { forgetStrangers } from './membership.js';
import type { RunningShard, ScalableGroup } from './scalable-group.js';
import { deleteNodeFolder, withoutNode } from './transient-nodes.js';

/** Stops a node, makes the others forget it, and deletes its data. It is not the primary of a shard that remains. */
export async function removeNode(group: ScalableGroup, node: ManagedNode, shard: Shard): Promise<void> {
  await group.onStep?.('remove-node');
  // First, so that the next start deletes it if this run ends now.
  await group.changeLayout((layout) => {
    const known = layout.nodes[node.id];
    return known ? { ...layout, nodes: { ...layout.nodes, [node.id]: { ...known, isTransient: true } } } : layout;
  });
  shard.release(node);
  group.forgetUsers(node);
  // Clients that ask for the nodes no longer find it; then it is stopped.
  await forgetStrangers(group);
  await node.stop();
  await group.onStep?.('delete-node');
  await deleteNodeFolder(group.directory, node.id);
  await group.changeLayout((layout) => withoutNode(layout, node.id));
}

/** Removes a replica. If it is the primary by now, another node takes over first. */
export async function removeReplica(
  group: ScalableGroup,
  running: RunningShard,
  ids: ReadonlySet<string>,
): Promise<void> {
  const { shard } = running;
  if (ids.has(shard.primary().id)) {
    await whenReplicasKnown(group, running);
    await shard.failover((node) => !ids.has(node.id), { isPlanned: true });
  }
  for (const node of shard.nodes().filter(({ id }) => ids.has(id))) {
    await removeNode(group, node, shard);
    group.emit({ type: 'node-removed', nodeId: node.id, message: `Node ${node.id} was removed.` });
  }
}

/** Removes a replica that could not be added, unless it has taken over meanwhile and no other node can. */
export async function removeAdded(group: ScalableGroup, node: ManagedNode, running: RunningShard): Promise<void> {
  if (running.shard.nodes().includes(node)) await removeReplica(group, running, new Set([node.id]));
  else await removeNode(group, node, running.shard);
}

/** Removes a shard without slots. */
export async function removeShard(group: ScalableGroup, running: RunningShard): Promise<void> {
  const { shard } = running;
  running.end();
  group.shards.splice(group.shards.indexOf(running), 1);
  for (const node of [...shard.nodes()].toSorted((a) => (a === shard.primary() ? 1 : -1))) {
    await removeNode(group, node, shard);
    group.emit({ type: 'node-removed', nodeId: node.id, message: `Node ${node.id} was removed.` });
  }
}
