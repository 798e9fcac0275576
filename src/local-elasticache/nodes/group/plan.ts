import type { Member } from '../cluster/nodes-conf.js';
import type { GroupSpec } from '../interfaces.js';
import { freePorts, isFree } from '../process/ports.js';
import { waitUntil } from '../replication/replication.js';
import type { Layout } from './layout.js';

/** A node's port from an earlier run is taken: never silently another one, as clients know it. */
class PortTaken extends Error {
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
  const nodes = spec.shards.flatMap(({ nodes: specs }) => specs);
  const fixed = nodes.map(({ id, port }) => ({
    id,
    port: port ?? kept?.nodes[id]?.port,
    busPort: spec.clusterMode ? kept?.nodes[id]?.busPort : undefined,
  }));
  const wanted = fixed.flatMap(({ id, port, busPort }) =>
    [port ?? [], busPort ?? []].flat().map((one) => [id, one] as const),
  );
  await Promise.all(wanted.map(([id, port]) => requireFree(id, port, host, signal)));
  const reserved = new Set([...taken, ...wanted.map(([, port]) => port)]);
  const spare = await freePorts(host, nodes.length * 2, reserved);
  const take = (): number => spare.shift() ?? 0;
  const placed = fixed.map(({ id, port, busPort }) => {
    const bus = spec.clusterMode ? { busPort: busPort ?? take() } : {};
    return [id, { port: port ?? take(), ...bus }] as const;
  });
  const primaries = spec.shards.map((shard) => {
    const known = kept?.primaries[shard.id];
    return [shard.id, shard.nodes.find(({ id }) => id === known)?.id ?? shard.nodes[0]?.id ?? ''] as const;
  });
  return { nodes: Object.fromEntries(placed), primaries: Object.fromEntries(primaries), progress: kept?.progress };
}

export function portsOf(layout: Layout): number[] {
  return Object.values(layout.nodes).flatMap(({ port, busPort }) => (busPort === undefined ? [port] : [port, busPort]));
}

/** The nodes of an endpoint that was killed a moment ago may still be going: they are waited for. */
async function requireFree(node: string, port: number, host: string, signal: AbortSignal): Promise<void> {
  if (await waitUntil(() => isFree(host, port), signal, 2_000)) return;
  throw new PortTaken(
    `Port ${port} on ${host}, which belongs to node ${node}, is taken by another program. ` +
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
