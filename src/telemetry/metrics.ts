import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Gap } from '../domain/realtime/delivery.js';
import { createBoundedNames } from './metrics/bounded-names.js';
import { Counts } from './metrics/counts.js';
import { Durations } from './metrics/durations.js';
import { replaceEventLoopLag } from './metrics/event-loop-lag.js';
import { Scraped } from './metrics/scraped.js';
import { createTrafficByField } from './metrics/field-traffic.js';
import { ValkeyMetrics } from './metrics/valkey-metrics.js';

/** A query, a mutation or the start of a subscription, after it was answered. */
export interface EndedOperation {
  /** `unknown` if it was refused before its kind was known. */
  readonly kind: 'query' | 'mutation' | 'subscription' | 'export' | 'unknown';
  /** The operation name that the client chose. */
  readonly name: string | undefined;
  /** `ok`, or the `extensions.code` of its first error. */
  readonly outcome: string;
  readonly seconds: number;
}

/** Bucket bounds in seconds: for one round trip to Valkey, and for operations that may wait for ElastiCache. */
const commandBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const operationBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** prom-client's own event loop monitor would wake the process 100 times a second. */
const neverMs = 2 ** 31 - 1;

const maxOperationNames = 50;
const maxClusters = 200;
const maxGroups = 200;

/** The metrics of one server, in a registry of its own. Labels contain no values, keys or channel names. */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const counts = <Label extends string>(name: string, help: string, ...labels: Label[]): Counts<Label> =>
    new Counts(registry, `cachegraph_${name}`, help, labels);
  const scraped = (name: string, help: string, ...labels: string[]): Scraped =>
    new Scraped(registry, `cachegraph_${name}`, help, labels);
  const durations = <Label extends string>(
    name: string,
    help: string,
    bounds: readonly number[],
    ...labels: Label[]
  ): Durations<Label> => new Durations(registry, `cachegraph_${name}`, help, labels, bounds);

  const operations = counts(
    'operations_total',
    'Operations answered and requests refused, by kind, name and outcome: ok or the code of the first error.',
    'kind',
    'operation',
    'outcome',
  );
  const operationSeconds = durations(
    'operation_duration_seconds',
    'Time from reading an operation to its answer, for a subscription to its start.',
    operationBounds,
    'kind',
    'operation',
  );
  const limitHits = counts('limit_hits_total', 'Refusals because of a limit, by its name.', 'limit');
  const refusals = counts('authentication_refusals_total', 'Refused callers, by reason.', 'reason');
  const reloads = counts('access_file_reloads_total', 'Reloads of the access file, by outcome.', 'outcome');
  const commands = counts(
    'valkey_commands_total',
    'Commands sent to Valkey, by cluster and outcome: ok, refused (an error reply) or the code of an outage.',
    'cluster',
    'outcome',
  );
  const commandSeconds = durations(
    'valkey_command_duration_seconds',
    'Time from a command being sent to its reply.',
    commandBounds,
    'cluster',
  );
  const reconnects = counts(
    'valkey_reconnects_total',
    'Connections to Valkey that were lost and came back.',
    'cluster',
  );
  const calls = counts('elasticache_calls_total', "Calls of ElastiCache's API, by outcome.", 'call', 'outcome');
  const callSeconds = durations(
    'elasticache_call_duration_seconds',
    "Time that calls of ElastiCache's API took, retries included.",
    operationBounds,
    'call',
  );
  const gaps = counts('gaps_total', 'Gaps reported to subscribers, by reason.', 'reason');
  const dropped = counts('dropped_messages_total', 'Messages dropped for subscribers that were too slow.').of();
  const stalled = counts(
    'stalled_connections_closed_total',
    'Connections closed because the client read nothing.',
  ).of();

  const operationName = createBoundedNames(maxOperationNames);
  const clusterName = createBoundedNames(maxClusters);
  const groupName = createBoundedNames(maxGroups);
  const outcomeName = createBoundedNames(maxOperationNames);
  const gapReported = ({ reason, missed }: Gap): void => {
    gaps.of(reason).add();
    if (reason === 'SLOW_SUBSCRIBER' && missed !== null) dropped.add(missed);
  };
  const traffic = createTrafficByField(counts, scraped, gapReported);
  const valkey = new Map<string, ValkeyMetrics>();

  return {
    contentType: registry.contentType,
    /** Prometheus' text format. */
    text: () => registry.metrics(),
    /** Adds the metrics of the Node.js process: event loop, memory, garbage collection. Call it once per process. */
    addProcess() {
      collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
      replaceEventLoopLag(registry);
    },

    /** Counts a refusal because of a limit, e.g. `maxDepth`. */
    limitHit: (limit: string) => limitHits.of(limit).add(),
    /** Counts a refused caller; `reason` is one of a fixed set of words. */
    authenticationRefused: (reason: string) => refusals.of(reason).add(),
    accessFileReloaded: (outcome: 'ok' | 'failed') => reloads.of(outcome).add(),
    operationEnded({ kind, name = '', outcome, seconds }: EndedOperation) {
      const operation = operationName(name);
      operations.of(kind, operation, outcomeName(outcome)).add();
      operationSeconds.of(kind, operation).observe(seconds);
    },
    /** Counts a request that was refused before its operation was known. */
    requestRefused: (code: string) => operations.of('unknown', '', outcomeName(code)).add(),
    elastiCacheCalled(call: string, outcome: string, seconds: number) {
      calls.of(call, outcomeName(outcome)).add();
      callSeconds.of(call).observe(seconds);
    },
    /** Returns the metrics of one cluster's connections. The caller keeps the object. */
    valkey(cluster: string): ValkeyMetrics {
      const name = clusterName(cluster);
      const existing = valkey.get(name);
      if (existing) return existing;
      const own = new ValkeyMetrics({
        outcome: (outcome) => commands.of(name, outcome),
        duration: commandSeconds.of(name),
        reconnects: reconnects.of(name),
      });
      valkey.set(name, own);
      return own;
    },
    /** Returns the metrics of one subscription field. The caller keeps the object. */
    traffic,
    connectionStalled() {
      stalled.add();
      limitHits.of('stallTimeoutMs').add();
    },

    /** Gauges that are read on each scrape. */
    connections: scraped('connections', 'Connected clients, by transport.', 'transport'),
    queuedBytes: scraped('queued_bytes', 'Bytes queued for clients that have not read them, by place.', 'where'),
    dataAccess: scraped(
      'cluster_data_access',
      "1 for the state of this API's access to the data of a cluster; for clusters in use.",
      'cluster',
      'state',
    ),
    groupLag: scraped(
      'consumer_group_lag',
      'Entries not yet delivered to consumer groups that are read here.',
      'cluster',
      'group',
    ),
    groupPending: scraped(
      'consumer_group_pending',
      'Entries delivered and not acknowledged, in consumer groups that are read here.',
      'cluster',
      'group',
    ),
    /** Labels for `groupLag` and `groupPending`. */
    groupLabels: (cluster: string, group: string) => [clusterName(cluster), groupName(group)] as const,
  };
}
