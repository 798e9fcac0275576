import type { Member } from '../cluster/nodes-conf.js';
import type { GroupSpec } from '../interfaces.js';
import { freePorts, isFree } from '../process/ports.js';
import { waitUntil } from '../replication/replication.js';
import type { Layout } from './layout.js';

/**
 * The port of a node from an earlier run is in use. The node never moves silently to another one, because clients know
 * the port.
 */
class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/**
 * Assigns ports to every node: those of the earlier run, else the requested ones, else free ones.
 * @throws PortInUse if another program listens on a required port
 */
export async function planLayout(
  spec: GroupSpec,
  stored: Layout | undefined,
  host: string,
  inUse: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Layout> {
  const nodes = spec.shards.flatMap(({ nodes: specs }) => specs);
  const fixed = nodes.map(({ id, port }) => ({
    id,
    port: port ?? stored?.nodes[id]?.port,
    busPort: spec.clusterMode ? stored?.nodes[id]?.busPort : undefined,
  }));
  const required = fixed.flatMap(({ id, port, busPort }) =>
    [port ?? [], busPort ?? []].flat().map((one) => [id, one] as const),
  );
  await Promise.all(required.map(([id, port]) => requireFree(id, port, host, signal)));
  const reserved = new Set([...inUse, ...required.map(([, port]) => port)]);
  const spare = await freePorts(host, nodes.length * 2, reserved);
  const take = (): number => spare.shift() ?? 0;
  const placed = fixed.map(({ id, port, busPort }) => {
    const bus = spec.clusterMode ? { busPort: busPort ?? take() } : {};
    return [id, { port: port ?? take(), ...bus }] as const;
  });
  const primaries = spec.shards.map((shard) => {
    const previous = stored?.primaries[shard.id];
    return [shard.id, shard.nodes.find(({ id }) => id === previous)?.id ?? shard.nodes[0]?.id ?? ''] as const;
  });
  return { nodes: Object.fromEntries(placed), primaries: Object.fromEntries(primaries), progress: stored?.progress };
}

export function portsOf(layout: Layout): number[] {
  return Object.values(layout.nodes).flatMap(({ port, busPort }) => (busPort === undefined ? [port] : [port, busPort]));
}

/** Waits, because the nodes of an endpoint that was just killed may still be ending. */
async function requireFree(node: string, port: number, host: string, signal: AbortSignal): Promise<void> {
  if (await waitUntil(() => isFree(host, port), signal, 2_000)) return;
  throw new PortInUse(
    `Port ${port} on ${host}, which belongs to node ${node}, is in use by another program. ` +
      `End that program (\`ss -ltnp 'sport = :${port}'\` or \`lsof -i :${port}\` names it) and start again.`,
  );
}

/** Plans the members of the group's cluster, so that they know each other from the start. */
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
