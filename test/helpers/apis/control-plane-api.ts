import { graphql, subscribe, parse, type ExecutionResult } from 'graphql';
import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { createClusterWatch } from '../../../src/datasources/elasticache/watch/cluster-watch.js';
import { createEventWatch } from '../../../src/datasources/elasticache/watch/event-watch.js';
import type { ControlPlane } from '../../../src/datasources/elasticache/interfaces.js';
import type { ValkeyCommands, ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import type { Credentials, DataAccess } from '../../../src/domain/cluster/data-access.js';
import { Outage } from '../../../src/domain/errors.js';
import { anonymous, type Principal } from '../../../src/domain/access/principal.js';
import { createContext, type Services } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { testLog } from '../run/test-log.js';

/** The schema on a fake control plane and connections, without a server. */
export interface ControlPlaneApi<Connections extends ValkeyConnections = FakeConnections> extends AsyncDisposable {
  run(document: string, variables?: Record<string, unknown>): Promise<ExecutionResult>;
  subscribe(document: string): Promise<AsyncIterableIterator<ExecutionResult>>;
  readonly connections: Connections;
}

export function createControlPlaneApi(controlPlane: ControlPlane): ControlPlaneApi;
export function createControlPlaneApi<Connections extends ValkeyConnections>(
  controlPlane: ControlPlane,
  connections: Connections,
  principal?: Principal,
): ControlPlaneApi<Connections>;
export function createControlPlaneApi(
  controlPlane: ControlPlane,
  connections: ValkeyConnections = createFakeConnections(),
  principal: Principal = anonymous,
): ControlPlaneApi<ValkeyConnections> {
  const log = testLog();
  const clusterWatch = createClusterWatch({ controlPlane, connections, log, fastMs: 20, slowMs: 100 });
  const eventWatch = createEventWatch({ controlPlane, log, fastMs: 20, slowMs: 100 });
  const clusterDirectory = createClusterDirectory({ controlPlane });
  const services = { controlPlane, clusterDirectory, clusterWatch, eventWatch, connections } as unknown as Services;
  const context = () =>
    createContext(services, { requestId: 'test', log, principal, signal: new AbortController().signal });
  return {
    connections,
    run: async (source, variableValues) => graphql({ schema, source, variableValues, contextValue: context() }),
    async subscribe(document) {
      const events = await subscribe({ schema, document: parse(document), contextValue: context() });
      if (Symbol.asyncIterator in events) return events;
      throw new Error(JSON.stringify(events.errors));
    },
    async [Symbol.asyncDispose]() {
      await clusterWatch.close();
      await eventWatch.close();
    },
  };
}

export interface FakeConnections extends ValkeyConnections {
  /** Replies of the clusters; a cluster without an entry is unreachable. */
  readonly reachable: Map<string, Pick<ValkeyCommands, 'nodes'>>;
  readonly credentials: Map<string, Credentials>;
  /** The error with which `connect` rejects. */
  refusal: Error | undefined;
  change(access: DataAccess): void;
}

export function createFakeConnections(): FakeConnections {
  const listeners = new Set<(access: DataAccess) => void>();
  const unreachable = () => Promise.reject(new Outage('CLUSTER_UNAVAILABLE', 'Nobody answers.'));
  const fake: FakeConnections = {
    reachable: new Map(),
    credentials: new Map(),
    refusal: undefined,
    commands(name) {
      const commands = fake.reachable.get(name);
      return commands ? Promise.resolve(commands as ValkeyCommands) : unreachable();
    },
    blocking: unreachable,
    subscriber: unreachable,
    tracking: unreachable,
    connect(name, credentials) {
      if (fake.refusal) return Promise.reject(fake.refusal);
      fake.credentials.set(name, credentials);
      return Promise.resolve();
    },
    disconnect(name) {
      fake.credentials.delete(name);
      return Promise.resolve();
    },
    accesses: () => [],
    whenUsable: () => undefined,
    deleted: (name) => void fake.credentials.delete(name),
    onClosed: () => () => undefined,
    dataAccess: (clusterName) => ({
      clusterName,
      state: fake.credentials.has(clusterName) ? 'CONNECTED' : 'DISCONNECTED',
      username: fake.credentials.get(clusterName)?.username ?? null,
      tls: false,
      error: null,
      since: null,
    }),
    onDataAccessChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change: (access) => {
      for (const listener of listeners) listener(access);
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return fake;
}
