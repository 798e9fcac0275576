import type { Realtime } from '../datasources/realtime/interfaces.js';
import type { ValkeyConnections } from '../datasources/valkey/interfaces.js';
import { encodeBytes } from '../domain/encoding.js';
import type { Metrics } from '../telemetry/metrics.js';

interface Datasources {
  readonly connections: Pick<ValkeyConnections, 'accesses'>;
  readonly realtime: Pick<Realtime, 'groupsRead'>;
}

/** A label is text, but names are bytes. */
function labelOf(name: Buffer): string {
  return encodeBytes(name, 'UTF8') ?? `0x${name.toString('hex')}`;
}

/** Minimum time between two queries of Valkey, however many scrapes there are. */
const minIntervalMs = 1_000;

/**
 * Registers the gauges that are read on each scrape: the state of the connections to clusters, and the backlog of the
 * consumer groups that this process reads.
 */
export function observeDatasources(metrics: Metrics, { connections, realtime }: Datasources): void {
  metrics.dataAccess.add(() => connections.accesses().map(({ clusterName, state }) => [clusterName, state, 1]));
  let groups: ReturnType<Realtime['groupsRead']> | undefined;
  const sample = (): ReturnType<Realtime['groupsRead']> => {
    if (groups) return groups;
    setTimeout(() => (groups = undefined), minIntervalMs).unref();
    return (groups = realtime.groupsRead());
  };
  metrics.groupPending.add(async () =>
    (await sample()).map(({ cluster, sample: { name, pending } }) => [
      ...metrics.groupLabels(cluster, labelOf(name)),
      pending,
    ]),
  );
  metrics.groupLag.add(async () =>
    (await sample()).flatMap(({ cluster, sample: { name, lag } }) =>
      lag === null ? [] : [[...metrics.groupLabels(cluster, labelOf(name)), lag] as const],
    ),
  );
}
