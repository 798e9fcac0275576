import type { Config, ConfiguredAccess } from '../config/config.js';
import { createClusterDirectory } from '../datasources/elasticache/watch/cluster-directory.js';
import { createClusterWatch } from '../datasources/elasticache/watch/cluster-watch.js';
import { createEventWatch } from '../datasources/elasticache/watch/event-watch.js';
import { withConfiguredClusters } from '../datasources/elasticache/resources/clusters/configured-clusters.js';
import type { ElastiCacheControlPlane } from '../datasources/elasticache/control-plane.js';
import { createKeyExports } from '../datasources/exports/key-exports.js';
import { createKeyJobs } from '../datasources/jobs/key-jobs.js';
import { createRealtime } from '../datasources/realtime/realtime.js';
import { createValkeyConnections } from '../datasources/valkey/connections/connections.js';
import { startApiServer, type ApiServer } from '../server/server.js';
import { schema } from '../schema/schema.js';
import { createNotificationSettings } from '../datasources/elasticache/resources/notification-settings.js';
import { explainPortInUse } from './port-in-use.js';
import { StartupError } from '../runtime/startup-error.js';
import { closeAll } from './shutdown-signals.js';
import type { Logger } from '../telemetry/log.js';
import { createMetrics, type Metrics } from '../telemetry/metrics.js';
import { createClusterModes } from './cluster-modes.js';
import { readCredentials } from './cluster-credentials.js';
import { observeDatasources } from './instrumentation.js';
import { openAudit } from './open-audit.js';
import { openPersistedOperations } from './open-persisted-operations.js';
import { openAuthentication } from './open-authentication.js';

export interface ApiOptions {
  readonly config: Config;
  readonly log: Logger;
  /** The control plane of ElastiCache, or null without it; closed with the API. */
  readonly elastiCache: ElastiCacheControlPlane | null;
  /** The certificate authority of the clusters, PEM; the system's if undefined. */
  readonly ca: () => Promise<string | undefined>;
  readonly graphiql?: boolean;
  /** The metrics; the owner adds those of the process. */
  readonly metrics?: Metrics | undefined;
}

/** Opens the datasources and starts the API on them. Closing it closes them too. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const { config, log, elastiCache, ca, graphiql, metrics = createMetrics() } = options;
  const modes = createClusterModes(config.clusters, log);
  const entryOf = (name: string): ConfiguredAccess | undefined =>
    config.clusters.find((cluster) => cluster.name.toLowerCase() === name.toLowerCase());
  const controlPlane = withConfiguredClusters(
    elastiCache,
    config.clusters.flatMap(configuredCluster),
    modes.of,
    (name) => entryOf(name)?.database,
  );
  const clusterDirectory = createClusterDirectory({ controlPlane });
  const connections = createValkeyConnections({
    directory: clusterDirectory,
    log,
    ca,
    metrics,
    onConnected: modes.connected,
    credentials: ({ name }) => readCredentials(entryOf(name)),
  });
  const clusterWatch = createClusterWatch({ controlPlane, connections, log });
  const eventWatch = createEventWatch({ controlPlane, log });
  const realtime = createRealtime({
    connections,
    log,
    channelSettings: config.channels,
    notificationsOf: createNotificationSettings(controlPlane, clusterDirectory),
  });
  const jobs = createKeyJobs({
    connections,
    log,
    isOwn: realtime.isOwn,
    keyPrefix: config.channels.keyPrefix,
    limits: config.limits,
  });
  const exports = createKeyExports({ connections, isOwn: realtime.isOwn, keyPrefix: config.channels.keyPrefix });
  observeDatasources(metrics, { connections, realtime });
  const opened: AsyncDisposable[] = [connections, clusterWatch, eventWatch, realtime, jobs];
  try {
    const authentication = await openAuthentication(config, log, metrics);
    opened.push(authentication);
    const audit = openAudit(config, log);
    opened.unshift(audit);
    const server = await startApiServer({
      schema,
      services: { controlPlane, clusterDirectory, connections, clusterWatch, eventWatch, realtime, jobs, exports },
      log,
      host: config.host,
      port: config.port,
      allowedOrigins: config.allowedOrigins,
      allowedHeaders: config.allowedHeaders,
      trustedProxies: config.trustedProxies,
      trustedProxyHeader: config.trustedProxyHeader,
      // Protects against DNS rebinding. With authentication any name is accepted, because a page of another site has no
      // token.
      allowedHosts: config.allowedHosts ?? (config.accessFile === undefined ? [config.host] : undefined),
      graphiql,
      introspection: config.introspection,
      authenticator: authentication.authenticator,
      limits: config.limits,
      persisted: await openPersistedOperations(config, schema),
      metrics,
      servesMetrics: config.metrics,
      audit,
    });
    const close = async (): Promise<void> => {
      await closeAll([...opened, server], log);
      elastiCache?.close();
    };
    let closing: Promise<void> | undefined;
    return { ...server, close: () => (closing ??= close()), [Symbol.asyncDispose]: () => (closing ??= close()) };
  } catch (error) {
    await closeAll(opened, log);
    elastiCache?.close();
    const explanation = await explainPortInUse(error, `--port ${config.port + 1} or PORT=${config.port + 1}`);
    throw explanation === undefined ? error : new StartupError(explanation, { cause: error });
  }
}

/** Converts entries with an endpoint. Entries without one only give credentials and the database of ElastiCache's clusters. */
function configuredCluster({ name, endpoint, clusterMode, tls, database }: ConfiguredAccess) {
  return endpoint ? [{ name: name.toLowerCase(), endpoint, clusterMode, tls, database }] : [];
}
