import type { Config, ConfiguredAccess } from '../config/config.js';
import { createClusterDirectory } from '../datasources/elasticache/watch/cluster-directory.js';
import { createClusterWatch } from '../datasources/elasticache/watch/cluster-watch.js';
import { withConfiguredClusters } from '../datasources/elasticache/resources/configured-clusters.js';
import type { ElastiCacheControlPlane } from '../datasources/elasticache/control-plane.js';
import { createRealtime } from '../datasources/realtime/realtime.js';
import { createValkeyConnections } from '../datasources/valkey/connections/connections.js';
import { startApiServer, type ApiServer } from '../server/server.js';
import { schema } from '../schema/schema.js';
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
  /** ElastiCache, where there is one; closed with the API. */
  readonly elastiCache: ElastiCacheControlPlane | null;
  /** The authority of the clusters' certificates, PEM; the system's where absent. */
  readonly ca: () => Promise<string | undefined>;
  /** Whether GraphiQL is served. */
  readonly graphiql?: boolean;
  /** What is counted; the process's own are added by whoever owns that. */
  readonly metrics?: Metrics | undefined;
}

/** Opens the datasources and starts the API on them; closing it closes them all. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const { config, log, elastiCache, ca, graphiql, metrics = createMetrics() } = options;
  const modes = createClusterModes(config.clusters, log);
  const controlPlane = withConfiguredClusters(elastiCache, config.clusters.flatMap(configuredCluster), modes.of);
  const clusterDirectory = createClusterDirectory({ controlPlane });
  const connections = createValkeyConnections({
    directory: clusterDirectory,
    log,
    ca,
    metrics,
    onConnected: modes.connected,
    credentials: ({ name }) =>
      readCredentials(config.clusters.find((cluster) => cluster.name.toLowerCase() === name.toLowerCase())),
  });
  const clusterWatch = createClusterWatch({ controlPlane, connections, log });
  const realtime = createRealtime({ connections, log, channelSettings: config.channels });
  observeDatasources(metrics, { connections, realtime });
  const opened: AsyncDisposable[] = [connections, clusterWatch, realtime];
  try {
    const authentication = await openAuthentication(config, log, metrics);
    opened.push(authentication);
    const audit = openAudit(config, log);
    opened.unshift(audit);
    const server = await startApiServer({
      schema,
      services: { controlPlane, clusterDirectory, connections, clusterWatch, realtime },
      log,
      host: config.host,
      port: config.port,
      allowedOrigins: config.allowedOrigins,
      allowedHeaders: config.allowedHeaders,
      trustedProxies: config.trustedProxies,
      trustedProxyHeader: config.trustedProxyHeader,
      // A page that is led here by a name of its own has no token: where tokens are asked for, any name will do.
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

/** A deployment that the configuration names by its endpoint; entries without one only say how ElastiCache's are entered. */
function configuredCluster({ name, endpoint, clusterMode, tls }: ConfiguredAccess) {
  return endpoint ? [{ name: name.toLowerCase(), endpoint, clusterMode, tls }] : [];
}
