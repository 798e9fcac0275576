import type { Cluster } from '../../../domain/cluster/cluster.js';
import { ownerOfNode, ownersOfNodes } from '../../../domain/cluster/node-owners.js';
import type { ControlPlane } from '../interfaces.js';

/** A node that a description names without its cluster. */
interface NamedNode {
  readonly name: string;
  /** When it existed; undefined for now. */
  readonly at?: Date | undefined;
}

/**
 * Finds the clusters of nodes whose names alone are known, from the clusters that this process has read. If one is unknown, reads
 * the clusters once.
 */
export interface NodeOwners {
  of(nodes: readonly NamedNode[]): Promise<(nodeName: string) => string>;
}

/** Deleted nodes are remembered, because their events and snapshots are still listed. */
const mostRemembered = 20_000;
/** The clocks of ElastiCache and of this machine may differ by this much. */
const clockSkewMs = 60_000;

export function createNodeOwners(
  readClusters: () => Promise<readonly Cluster[]>,
  onClusters: ControlPlane['onClusters'],
): NodeOwners {
  const owners = new Map<string, string>();
  /** The times at which nodes were found in no cluster. */
  const absent = new Map<string, number>();
  onClusters(({ clusters }) => {
    for (const [node, cluster] of ownersOfNodes(clusters)) {
      owners.delete(node);
      owners.set(node, cluster);
      absent.delete(node);
    }
    for (const map of [owners, absent]) trim(map);
  });
  const isUnknown = ({ name, at }: NamedNode): boolean => {
    if (owners.has(name.toLowerCase())) return false;
    const absentAt = absent.get(name.toLowerCase());
    return absentAt === undefined || (at?.getTime() ?? 0) > absentAt - clockSkewMs;
  };
  return {
    async of(nodes) {
      const unknown = nodes.filter(isUnknown);
      if (unknown.length > 0) {
        const readAt = Date.now();
        await readClusters();
        for (const { name } of unknown) if (!owners.has(name.toLowerCase())) absent.set(name.toLowerCase(), readAt);
      }
      return (nodeName) => ownerOfNode(nodeName, owners);
    },
  };
}

function trim(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= mostRemembered) return;
    map.delete(oldest);
  }
}
