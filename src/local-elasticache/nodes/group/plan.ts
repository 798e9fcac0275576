import type { Member } from '../cluster/nodes-conf.js';
import type { GroupSpec, NodeSpec } from '../ports.js';
import { freePorts, isFree } from '../process/ports.js';
import { waitUntil } from '../replication/replication.js';
import type { Layout } from './layout.js';

/** A node's port from an earlier run is taken: never silently another one, as clients know it. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * Gives every node its ports: those of the earlier run, else those asked for, else free ones.
 * @throws PortTaken where another program listens on one that must be had.
 */
export async function planLayout(
  spec: GroupSpec,
  kept: Layout | undefined,
  host: string,
  taken: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Layout> {
  const specs = spec.shards.flatMap(({ nodes }) => nodes);
  const fixed = specs.map((node) => ({ node, port: node.port ?? kept?.nodes[node.id]?.port }));
  await Promise.all(fixed.map(({ node, port }) => requireFree(node, port, host, signal)));
  const reserved = new Set([...taken, ...fixed.flatMap(({ port }) => port ?? [])]);
  const spare = await freePorts(host, specs.length * 2, reserved);
  const nodes = fixed.map(({ node, port }) => {
    const busPort = spec.clusterMode ? { busPort: kept?.nodes[node.id]?.busPort ?? spare.pop() } : {};
    return [node.id, { port: port ?? spare.pop() ?? 0, ...busPort }] as const;
  });
  const primaries = spec.shards.map((shard) => {
    const known = kept?.primaries[shard.id];
    return [shard.id, shard.nodes.find(({ id }) => id === known)?.id ?? shard.nodes[0]?.id ?? ''] as const;
  });
  return { nodes: Object.fromEntries(nodes), primaries: Object.fromEntries(primaries) };
}

/** The nodes of an endpoint that was killed a moment ago may still be going: they are waited for. */
async function requireFree(node: NodeSpec, port: number | undefined, host: string, signal: AbortSignal): Promise<void> {
  if (port === undefined || (await waitUntil(() => isFree(host, port), signal, 2_000))) return;
  throw new PortTaken(
    `Port ${port} on ${host}, which belongs to node ${node.id}, is taken by another program. ` +
      `End that program (\`ss -ltnp 'sport = :${port}'\` or \`lsof -i :${port}\` names it) and start again.`,
  );
}

/** The members of the cluster that the group forms, as they are to know each other from the start. */
export function planMembers(spec: GroupSpec, layout: Layout, host: string): Member[] {
  return spec.shards.flatMap((shard) =>
    shard.nodes.map(({ id }): Member => {
      const primary = layout.primaries[shard.id];
      const { port, busPort } = layout.nodes[id] ?? { port: 0 };
      const member = { name: id, host, port, busPort: busPort ?? 0, tls: spec.tls };
      return id === primary ? { ...member, slots: shard.slots } : { ...member, follows: primary };
    }),
  );
}
