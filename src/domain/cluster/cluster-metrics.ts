import type { Endpoint } from './cluster.js';

/** Counters and sizes that one node reports at one moment; null if it does not report them. Counters begin at 0 with the process. */
export interface NodeCounters {
  /** Identifies the process. */
  readonly runId: string;
  /** A monotonic time in milliseconds. */
  readonly atMs: number;
  readonly commands: number | null;
  readonly keyspaceHits: number | null;
  readonly keyspaceMisses: number | null;
  readonly evictedKeys: number | null;
  readonly networkInBytes: number | null;
  readonly networkOutBytes: number | null;
  readonly cpuSeconds: number | null;
  readonly usedMemoryBytes: number | null;
  readonly connectedClients: number | null;
}

/** The load of one node between two samples; a rate is null if it is unknown, e.g. since the node restarted in between. */
export interface NodeLoad {
  readonly opsPerSecond: number | null;
  readonly hitsPerSecond: number | null;
  readonly missesPerSecond: number | null;
  readonly evictedKeysPerSecond: number | null;
  readonly networkInBytesPerSecond: number | null;
  readonly networkOutBytesPerSecond: number | null;
  readonly cpuRatio: number | null;
  readonly usedMemoryBytes: number | null;
  readonly connectedClients: number | null;
}

/** A node with its load, or the reason why the node did not report it. */
export interface NodeMetrics {
  readonly clusterName: string;
  readonly endpoint: Endpoint;
  readonly isPrimary: boolean;
  readonly load: NodeLoad | Error;
}

/** The load of a cluster at one moment. */
export interface ClusterMetrics {
  readonly at: Date;
  readonly nodes: readonly NodeMetrics[];
  /** The sums over all nodes that have answered; the error of a node if none has. */
  readonly total: NodeLoad | Error;
}

/** The load between two samples. Without an earlier sample, the rates are unknown. */
export function loadOf(before: NodeCounters | undefined, now: NodeCounters): NodeLoad {
  const rate = (
    counter: 'commands' | 'keyspaceHits' | 'keyspaceMisses' | 'evictedKeys' | CounterOfBytes | 'cpuSeconds',
  ) => {
    const [from, to] = [before?.[counter] ?? null, now[counter]];
    if (!before || from === null || to === null || before.runId !== now.runId) return null;
    const seconds = (now.atMs - before.atMs) / 1000;
    // A counter becomes smaller if the statistics are reset.
    return to < from || seconds <= 0 ? null : (to - from) / seconds;
  };
  return {
    opsPerSecond: rate('commands'),
    hitsPerSecond: rate('keyspaceHits'),
    missesPerSecond: rate('keyspaceMisses'),
    evictedKeysPerSecond: rate('evictedKeys'),
    networkInBytesPerSecond: rate('networkInBytes'),
    networkOutBytesPerSecond: rate('networkOutBytes'),
    cpuRatio: rate('cpuSeconds'),
    usedMemoryBytes: now.usedMemoryBytes,
    connectedClients: now.connectedClients,
  };
}

type CounterOfBytes = 'networkInBytes' | 'networkOutBytes';

/** Hits divided by lookups; null without lookups. */
export function hitRateOf({ hitsPerSecond, missesPerSecond }: NodeLoad): number | null {
  if (hitsPerSecond === null || missesPerSecond === null) return null;
  const lookups = hitsPerSecond + missesPerSecond;
  return lookups === 0 ? null : hitsPerSecond / lookups;
}

/** The metrics of a cluster at this moment. */
export function clusterMetricsOf(nodes: readonly NodeMetrics[]): ClusterMetrics {
  const loads = nodes.flatMap(({ load }) => (load instanceof Error ? [] : [load]));
  const failure = nodes.map(({ load }) => load).find((load) => load instanceof Error);
  return { at: new Date(), nodes, total: failure && loads.length === 0 ? failure : sumOf(loads) };
}

function sumOf(loads: readonly NodeLoad[]): NodeLoad {
  /** Null if it is unknown for all nodes. */
  const sum = (field: keyof NodeLoad): number | null =>
    loads.reduce<number | null>((total, load) => (load[field] === null ? total : (total ?? 0) + load[field]), null);
  return {
    opsPerSecond: sum('opsPerSecond'),
    hitsPerSecond: sum('hitsPerSecond'),
    missesPerSecond: sum('missesPerSecond'),
    evictedKeysPerSecond: sum('evictedKeysPerSecond'),
    networkInBytesPerSecond: sum('networkInBytesPerSecond'),
    networkOutBytesPerSecond: sum('networkOutBytesPerSecond'),
    cpuRatio: sum('cpuRatio'),
    usedMemoryBytes: sum('usedMemoryBytes'),
    connectedClients: sum('connectedClients'),
  };
}
