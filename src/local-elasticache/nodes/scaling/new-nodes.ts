import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asJoining } from '../cluster/nodes-conf.js';
import type { NodeSpec, ShardSpec } from '../interfaces.js';
import type { ManagedNode } from '../node.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { introduce } from './membership.js';
import { removeAdded, removeNode } from './removal.js';
import { nodesOf, type RunningShard, type ScalableGroup } from './scalable-group.js';
import { deleteNodeFolder } from './transient-nodes.js';

/** Starts a replica. Resolves when all nodes know it and it is in sync. If that fails, it leaves nothing behind. */
export async function addReplica(
  group: ScalableGroup,
  running: RunningShard,
  spec: NodeSpec,
  signal: AbortSignal,
): Promise<void> {
  const { shard } = running;
  const node = await prepare(group, spec);
  try {
    const joining = await joinCluster(group, node, shard.primary());
    await group.onStep?.('start-node');
    await runAllOrAbort([(either: AbortSignal) => shard.add(node, either), joining], signal, (task, either) =>
      task(either),
    );
    await keep(group, node, signal);
  } catch (cause) {
    if (!group.closing.aborted) await removeAdded(group, node, running);
    throw cause;
  }
}

/**
 * Starts a shard without slots: first its primary, then the replicas. If that fails, it leaves nothing behind.
 */
export async function addShard(group: ScalableGroup, spec: ShardSpec, signal: AbortSignal): Promise<void> {
  const [first, ...replicas] = spec.nodes;
  if (!first) throw new Error(`Shard ${spec.id} of ${group.id} has no node.`);
  const primary = await prepare(group, first);
  const running = group.openShard({ id: spec.id, slots: '', nodes: [primary], primary, isNew: true });
  try {
    const joining = await joinCluster(group, primary, undefined);
    await group.onStep?.('start-node');
    group.shards.push(running);
    group.shards.sort((a, b) => (a.id < b.id ? -1 : 1));
    await group.changeLayout((layout) => ({
      ...layout,
      primaries: { ...layout.primaries, [spec.id]: primary.id },
    }));
    await runAllOrAbort([(either: AbortSignal) => running.shard.start(either), joining], signal, (task, either) =>
      task(either),
    );
    await keep(group, primary, signal);
    await runAllOrAbort(replicas, signal, (replica, either) => addReplica(group, running, replica, either));
  } catch (cause) {
    if (!group.closing.aborted) {
      running.end();
      for (const node of [...running.shard.nodes()]) await removeNode(group, node, running.shard);
      if (group.shards.includes(running)) group.shards.splice(group.shards.indexOf(running), 1);
    }
    throw cause;
  }
}

type PreparedNode = ManagedNode & { readonly busPort: number | undefined };

/** Creates the node and its folder. It is in the layout before, so that the next start finds what a crash left behind. */
async function prepare(group: ScalableGroup, { id }: NodeSpec): Promise<PreparedNode> {
  const [port = 0, busPort] = await group.takePorts(group.clusterMode ? 2 : 1);
  const ports = busPort === undefined ? { port } : { port, busPort };
  await group.changeLayout((layout) => ({
    ...layout,
    nodes: { ...layout.nodes, [id]: { ...ports, isTransient: true } },
  }));
  await deleteNodeFolder(group.directory, id);
  return { ...(await group.factory.create(id, ports)), busPort };
}

/** Writes the node's configuration of the cluster. Returns the task that makes the other nodes know it. */
async function joinCluster(
  group: ScalableGroup,
  node: PreparedNode,
  primary: ManagedNode | undefined,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { host, port, busPort } = node;
  if (busPort === undefined) return () => Promise.resolve();
  const known = primary ?? nodesOf(group).find((other) => other.isRunning());
  if (!known) throw new Error(`No node of ${group.id} is running.`);
  const conf = await readFile(join(known.directory, 'nodes.conf'), 'utf8');
  const own = asJoining(conf, { host, port, busPort, tls: group.tls }, primary);
  await writeFile(join(node.directory, 'nodes.conf'), own.text, { mode: 0o600 });
  return (signal) => introduce(group, { id: own.id, host, port, busPort }, signal);
}

/** From now on the node is kept, also after a crash. */
async function keep(group: ScalableGroup, node: PreparedNode, signal: AbortSignal): Promise<void> {
  await group.onStep?.('keep-node');
  signal.throwIfAborted();
  const { id, port, busPort } = node;
  await group.changeLayout((layout) => ({
    ...layout,
    nodes: { ...layout.nodes, [id]: busPort === undefined ? { port } : { port, busPort } },
  }));
  group.emit({ type: 'node-added', nodeId: id, message: `Node ${id} was added.` });
}
