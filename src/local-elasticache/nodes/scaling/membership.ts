import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import { parseClusterNodes } from './cluster-nodes.js';
import { nodesOf, type ScalableGroup } from './scalable-group.js';

export interface ClusterAddress {
  /** The ID in the cluster. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly busPort: number;
}

const pollMs = 20;
/** Valkey gives up a handshake after `cluster-node-timeout`, e.g. if the new node is not listening yet. */
const repeatMs = 1_000;
const timeoutMs = 30_000;

/** Makes all nodes of the group know a new one. Resolves when they do. It may be called before the node listens. */
export async function introduce(group: ScalableGroup, added: ClusterAddress, signal: AbortSignal): Promise<void> {
  const meet = ['CLUSTER', 'MEET', added.host, String(added.port), String(added.busPort)] as const;
  const deadline = performance.now() + timeoutMs;
  const metAt = new Map<ManagedNode, number>();
  for (;;) {
    const others = nodesOf(group).filter((node) => node.port !== added.port && node.isRunning());
    const strangers = await Promise.all(others.map(async (node) => ((await knows(node, added.id)) ? [] : [node])));
    const unaware = strangers.flat();
    if (unaware.length === 0) return;
    if (performance.now() > deadline) throw new Error(`Node ${added.id} did not join the cluster of ${group.id}.`);
    const due = unaware.filter((node) => performance.now() - (metAt.get(node) ?? -Infinity) >= repeatMs);
    // A node that ended meanwhile is asked again when it is back.
    await Promise.allSettled(due.map((node) => node.command(...meet)));
    for (const node of due) metAt.set(node, performance.now());
    await delay(pollMs, undefined, { signal });
  }
}

async function knows(node: ManagedNode, id: string): Promise<boolean> {
  const members = await node.command('CLUSTER', 'NODES').then(parseClusterNodes, () => undefined);
  // A node that does not answer now is asked again.
  return members?.some((member) => member.id === id && !member.flags.includes('handshake')) ?? false;
}

/** Makes all nodes forget members that are no nodes of the group, or that had the port of one before. */
export async function forgetStrangers(group: ScalableGroup): Promise<void> {
  if (!group.clusterMode) return;
  const running = nodesOf(group).filter((node) => node.isRunning());
  const identified = await Promise.allSettled(
    running.map(async (node) => [node.port, String(await node.command('CLUSTER', 'MYID'))] as const),
  );
  const ids = new Map(identified.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
  const ports = new Set(nodesOf(group).map(({ port }) => port));
  const isStranger = ({ id, port }: { id: string; port: number }): boolean =>
    !ports.has(port) || (ids.get(port) ?? id) !== id;
  await Promise.allSettled(
    running.map(async (node) => {
      const members = parseClusterNodes(await node.command('CLUSTER', 'NODES'));
      const strangers = members.filter((member) => !member.flags.includes('myself') && isStranger(member));
      await Promise.allSettled(strangers.map(({ id }) => node.command('CLUSTER', 'FORGET', id)));
    }),
  );
}
