import type { Cluster, Endpoint } from '../../domain/cluster.js';
import type { Credentials } from '../../domain/data-access.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { Logger } from '../../telemetry/log.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { createAccessStates } from './access-state.js';
import { openBlocking } from './blocking-connection.js';
import { createDescription } from './description.js';
import type { Entrance } from './entrance.js';
import { defaultLimits, type ValkeyLimits } from './limits.js';
import type { NodeAccess } from './node-client.js';
import { openLink } from './node-link.js';
import type { ClusterDirectory, ValkeyConnections } from './ports.js';
import { openSession } from './session.js';
import { openSubscriber } from './subscriber-connection.js';

export interface ValkeyConnectionsOptions {
  readonly directory: ClusterDirectory;
  readonly log: Logger;
  /** The certificate authority of clusters with TLS, in PEM; the system's where there is none. */
  readonly ca?: (() => Promise<string | undefined>) | undefined;
  /** Credentials of the configuration, asked for each connection; those given to `connect` go first. */
  readonly credentials?: ((cluster: Cluster) => Promise<Credentials | undefined>) | undefined;
  readonly limits?: Partial<ValkeyLimits> | undefined;
  readonly metrics?: Pick<Metrics, 'valkey'> | undefined;
}

/** Opens nothing yet: each cluster is entered when it is first needed. */
export function createValkeyConnections(options: ValkeyConnectionsOptions): ValkeyConnections {
  const { directory, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const states = createAccessStates();
  const entrances = new Map<string, Entrance>();
  const opening = new Map<string, Promise<Entrance>>();
  const dedicated = new Set<{ close(): Promise<void> }>();
  /** Said so by `disconnect`: not entered again before `connect` says so. */
  const disconnected = new Set<string>();
  let isClosed = false;

  const enter = async (cluster: Cluster, ask: () => Promise<Credentials | undefined>): Promise<Entrance> => {
    const { name } = cluster;
    const credentials = await ask();
    const isTls = cluster.transitEncryption === 'REQUIRED' || cluster.transitEncryption === 'PREFERRED';
    const tls = isTls ? { ca: await options.ca?.() } : undefined;
    const metrics = options.metrics?.valkey(name);
    const access = async (endpoint: Endpoint): Promise<NodeAccess> => ({
      endpoint,
      tls,
      credentials: await ask(),
      metrics,
    });
    if (!entrances.has(name))
      states.set(name, { state: 'CONNECTING', username: credentials?.username ?? null, tls: isTls });
    const own: { entrance?: Entrance } = {};
    const session = await openSession({
      limits,
      describe: createDescription(directory, name, cluster),
      open: async (endpoint, listener) => openLink(await access(endpoint), { limits, ...listener }),
      onHealth(trouble) {
        if (own.entrance && entrances.get(name) === own.entrance) tellHealth(name, own.entrance, trouble);
      },
    });
    const entrance = (own.entrance = { session, limits, log, access });
    const replaced = entrances.get(name);
    entrances.set(name, entrance);
    disconnected.delete(name);
    replaced?.session.close();
    states.set(name, { state: 'CONNECTED', username: credentials?.username ?? null, tls: isTls });
    log.info({ cluster: name, tls: isTls }, 'connected to the data of a cluster');
    if (isClosed) session.close();
    return entrance;
  };

  const tellHealth = (name: string, { session }: Entrance, trouble: Error | undefined): void => {
    if (trouble instanceof ExpectedFailure && trouble.code === 'NOT_FOUND') {
      entrances.delete(name);
      session.close();
      states.set(name, { state: 'DISCONNECTED', username: null, tls: false });
      return;
    }
    if (!trouble) states.set(name, { state: 'CONNECTED' });
    else {
      const state = trouble instanceof ExpectedFailure ? 'FAILED' : 'RECONNECTING';
      if (states.get(name).state !== state)
        log.warn({ cluster: name, reason: detailOf(trouble) }, 'lost access to a cluster');
      states.set(name, { state, error: detailOf(trouble) });
    }
  };

  /** One opening of a cluster at a time, within the time that a request may take. */
  const open = (name: string, begin: () => Promise<Entrance>): Promise<Entrance> => {
    const promise = within(limits.connectMs + limits.replyMs / 4, name, begin()).catch((cause: unknown) => {
      // Where access stood before, it stands still.
      const isAttempt = states.get(name).state === 'CONNECTING';
      if (isAttempt) states.set(name, { state: 'FAILED', error: detailOf(cause) });
      throw cause;
    });
    opening.set(name, promise);
    const forget = (): void => {
      if (opening.get(name) === promise) opening.delete(name);
    };
    promise.then(forget, forget);
    return promise;
  };

  const openFirst = async (name: string): Promise<Entrance> => {
    if (disconnected.has(name)) {
      throw new ExpectedFailure('NOT_CONNECTED', `Cluster ${name} was disconnected: use connectCluster first.`);
    }
    const cluster = await directory.find(name);
    const ask = async (): Promise<Credentials | undefined> => options.credentials?.(cluster);
    if (!(await ask()) && (cluster.userGroupIds.length > 0 || cluster.authTokenEnabled)) {
      throw new ExpectedFailure('NOT_CONNECTED', `Cluster ${name} asks for credentials: use connectCluster first.`);
    }
    return await enter(cluster, ask);
  };

  const entranceOf = (clusterName: string): Entrance | Promise<Entrance> => {
    const name = clusterName.toLowerCase();
    if (isClosed) throw new Outage('CLUSTER_UNAVAILABLE', 'This API is stopping.');
    return entrances.get(name) ?? opening.get(name) ?? open(name, () => openFirst(name));
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...dedicated].map((connection) => connection.close()));
    for (const { session } of entrances.values()) session.close();
    entrances.clear();
  };

  const register = <Connection extends { close(): Promise<void> }>(connection: Connection): Connection => {
    dedicated.add(connection);
    return connection;
  };

  return {
    commands: async (clusterName) => (await entranceOf(clusterName)).session,
    blocking: async (clusterName, key) => {
      const connection = await openBlocking(
        async () => entranceOf(clusterName),
        key,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    subscriber: async (clusterName, listener) => {
      const connection = await openSubscriber(
        async () => entranceOf(clusterName),
        listener,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    async connect(clusterName, credentials) {
      const name = clusterName.toLowerCase();
      await open(name, async () => enter(await directory.find(name), () => Promise.resolve(credentials)));
    },
    disconnect(clusterName) {
      const name = clusterName.toLowerCase();
      const entrance = entrances.get(name);
      entrances.delete(name);
      disconnected.add(name);
      entrance?.session.close();
      states.set(name, { state: 'DISCONNECTED', username: null, tls: false });
      return Promise.resolve();
    },
    dataAccess: (clusterName) => states.get(clusterName.toLowerCase()),
    accesses: () => states.all(),
    onDataAccessChange: states.onChange,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function within<Value>(ms: number, name: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Outage('TIMEOUT', `Cluster ${name} did not let this API in within ${ms} ms.`)),
      ms,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}

/** Why access failed, for those who may see the cluster. */
function detailOf(cause: unknown): string | null {
  if (cause instanceof Outage) return cause.detail;
  return cause instanceof Error ? cause.message : null;
}
