import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Gap } from '../domain/realtime/delivery.js';
import { createBoundedNames } from './metrics/bounded-names.js';
import { Counts } from './metrics/counts.js';
import { Durations } from './metrics/durations.js';
import { replaceEventLoopLag } from './metrics/event-loop-lag.js';
import { FieldTraffic } from './metrics/field-traffic.js';
import { Scraped } from './metrics/scraped.js';
import { ValkeyMetrics } from './metrics/valkey-metrics.js';

/** A query, a mutation or the beginning of a subscription, once it is answered. */
export interface EndedOperation {
  /** `unknown` where it was refused before that was known. */
  readonly kind: 'query' | 'mutation' | 'subscription' | 'unknown';
  /** As the client has named it. */
  readonly name: string | undefined;
  /** `ok`, or the `extensions.code` of its first error. */
  readonly outcome: string;
  readonly seconds: number;
}

/** Upper bounds in seconds: of what takes one round trip to Valkey, and of what may wait for ElastiCache. */
const commandBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const operationBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** prom-client's own monitor of the event loop would wake the process 100 times a second. */
const neverMs = 2 ** 31 - 1;

const maxOperationNames = 50;
const maxClusters = 200;
const maxGroups = 200;

/** What one server tells of itself, in a registry of its own. No values, keys or names of channels are labels. */
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
    'Time from an operation being read to its answer; of a subscription, to its beginning.',
    operationBounds,
    'kind',
    'operation',
  );
  const limitHits = counts('limit_hits_total', 'Refusals because of a limit, by its name.', 'limit');
  const refusals = counts('authentication_refusals_total', 'Callers that were not let in, by why.', 'reason');
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
  const gaps = counts('gaps_total', 'Gaps told to subscribers, by reason.', 'reason');
  const dropped = counts('dropped_messages_total', 'Messages dropped for subscribers that were too slow.').of();
  const stalled = counts('stalled_connections_closed_total', 'Connections closed since they took nothing.').of();

  const operationName = createBoundedNames(maxOperationNames);
  const clusterName = createBoundedNames(maxClusters);
  const groupName = createBoundedNames(maxGroups);
  const outcomeName = createBoundedNames(maxOperationNames);
  const gapTold = ({ reason, missed }: Gap): void => {
    gaps.of(reason).add();
    if (reason === 'SLOW_SUBSCRIBER' && missed !== null) dropped.add(missed);
  };
  const traffic = trafficByField(counts, scraped, gapTold);
  const valkey = new Map<string, ValkeyMetrics>();

  return {
    contentType: registry.contentType,
    /** In Prometheus' text format. */
    text: () => registry.metrics(),
    /** Adds what Node.js reports of the process: its event loop, memory, collections. To be called once a process. */
    addProcess() {
      collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
      replaceEventLoopLag(registry);
    },

    /** A request was refused because of a limit, e.g. `maxDepth`. */
    limitHit: (limit: string) => limitHits.of(limit).add(),
    /** A caller was not let in: why, in one word of a few. */
    authenticationRefused: (reason: string) => refusals.of(reason).add(),
    accessFileReloaded: (outcome: 'ok' | 'failed') => reloads.of(outcome).add(),
    operationEnded({ kind, name = '', outcome, seconds }: EndedOperation) {
      const operation = operationName(name);
      operations.of(kind, operation, outcomeName(outcome)).add();
      operationSeconds.of(kind, operation).observe(seconds);
    },
    /** A request was refused before anything of an operation was known, and answered with this code. */
    requestRefused: (code: string) => operations.of('unknown', '', outcomeName(code)).add(),
    elastiCacheCalled(call: string, outcome: string, seconds: number) {
      calls.of(call, outcomeName(outcome)).add();
      callSeconds.of(call).observe(seconds);
    },
    /** For the connections to one cluster, to be kept by them. */
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
    /** For the subscriptions of one field, to be kept by them. */
    traffic,
    connectionStalled() {
      stalled.add();
      limitHits.of('stallTimeoutMs').add();
    },

    /** Read when somebody looks. */
    connections: scraped('connections', 'Clients that stay connected, by transport.', 'transport'),
    queuedBytes: scraped('queued_bytes', 'Bytes that wait for clients to take them, by where.', 'where'),
    dataAccess: scraped(
      'cluster_data_access',
      "1 for the state of this API's access to a cluster's data, of clusters that were used.",
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
    /** Names as labels of the two above. */
    groupLabels: (cluster: string, group: string) => [clusterName(cluster), groupName(group)] as const,
  };
}

function trafficByField(
  counts: (name: string, help: string, ...labels: string[]) => Counts<string>,
  scraped: (name: string, help: string, ...labels: string[]) => Scraped,
  gapTold: (gap: Gap) => void,
): (field: string) => FieldTraffic {
  const fields = new Map<string, FieldTraffic>();
  const deliveries = counts('deliveries_total', 'Results delivered to subscribers, by field.', 'field');
  const bytes = counts('delivered_bytes_total', 'Bytes of those results, as JSON.', 'field');
  const failures = counts(
    'subscription_failures_total',
    'Subscriptions that stood and ended with an error, by its code.',
    'field',
    'code',
  );
  scraped('subscriptions', 'Subscriptions that stand, by field.', 'field').add(() => {
    return [...fields].map(([field, { open }]) => [field, open] as const);
  });
  return (field) => {
    const existing = fields.get(field);
    if (existing) return existing;
    const own = new FieldTraffic({
      deliveries: deliveries.of(field),
      bytes: bytes.of(field),
      gapReported: gapTold,
      failed: (code) => failures.of(field, code).add(),
    });
    fields.set(field, own);
    return own;
  };
}
