import { graphql, parse, subscribe } from 'graphql';
import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { createKeyExports } from '../../../src/datasources/exports/key-exports.js';
import { createKeyJobs, type KeyJobsOptions } from '../../../src/datasources/jobs/key-jobs.js';
import { createRealtime } from '../../../src/datasources/realtime/realtime.js';
import type { ValkeyConnectionsOptions } from '../../../src/datasources/valkey/connections/connections.js';
import type { ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import type { Cluster } from '../../../src/domain/cluster/cluster.js';
import { anonymous, type Principal } from '../../../src/domain/access/principal.js';
import { createContext, type Services } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { connectionsTo } from '../valkey/connections.js';
import { createFakeControlPlane } from '../elasticache/fake-control-plane.js';
import type { TestValkey } from '../valkey/valkey.js';
import { testLog } from '../run/test-log.js';

/** The schema on one real cluster, without a server. */
export interface DataApi extends AsyncDisposable {
  readonly connections: ValkeyConnections;
  run(document: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** The data of an operation, which must have no errors. */
  data(document: string, variables?: Record<string, unknown>): Promise<any>;
  /** The results of a subscription. */
  subscribe(document: string): Promise<AsyncGenerator<Answer, void>>;
  /** The selection on the cluster. */
  cluster(selection: string): Promise<any>;
  /** The payload of a mutation: `mutate('publish', '{ receivers }', input)`. */
  mutate(name: string, selection: string, input: object): Promise<any>;
}

interface Answer {
  readonly data?: any;
  readonly errors?: readonly { message: string; path?: readonly (string | number)[]; originalError?: unknown }[];
}

/** What differs from the defaults. */
interface DataApiOptions extends Partial<ValkeyConnectionsOptions> {
  readonly principal?: Principal;
  readonly jobs?: Partial<KeyJobsOptions>;
}

/** So that a busy machine does not make a server seem frozen. Tests of frozen servers set their own limits. */
const patient = { connectMs: 30_000, replyMs: 30_000 };

export function openDataApi(cluster: Cluster, options: DataApiOptions = {}): DataApi {
  const connections = connectionsTo(cluster, { ...options, limits: { ...patient, ...options.limits } });
  const controlPlane = createFakeControlPlane({ clusters: [cluster] });
  const clusterDirectory = createClusterDirectory({ controlPlane });
  const log = testLog();
  const realtime = createRealtime({ connections, log });
  const jobs = createKeyJobs({ connections, log, isOwn: realtime.isOwn, ...options.jobs });
  const exports = createKeyExports({ connections, isOwn: realtime.isOwn });
  const services = { controlPlane, clusterDirectory, connections, realtime, jobs, exports } as unknown as Services;
  const { principal = anonymous } = options;
  const newContext = () =>
    createContext(services, { requestId: 'test', log, principal, signal: new AbortController().signal });
  const run: DataApi['run'] = async (source, variableValues) =>
    (await graphql({ schema, source, variableValues, contextValue: newContext() })) as Answer;
  const data: DataApi['data'] = async (document, variables) => {
    const answer = await run(document, variables);
    if (answer.errors) throw new Error(`${document}: ${answer.errors.map(({ message }) => message).join('; ')}`);
    return answer.data;
  };
  return {
    connections,
    run,
    data,
    async subscribe(document) {
      const results = await subscribe({ schema, document: parse(document), contextValue: newContext() });
      if (Symbol.asyncIterator in results) return results as AsyncGenerator<Answer, void>;
      throw new Error(`${document}: ${JSON.stringify(results.errors)}`);
    },
    cluster: async (selection) => (await data(`{ cluster(name: "orders") { ${selection} } }`)).cluster,
    async mutate(name, selection, input) {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) { payload: ${name}(input: $input) ${selection} }`;
      return (await data(document, { input: { cluster: 'orders', ...input } })).payload;
    },
    async [Symbol.asyncDispose]() {
      await jobs.close();
      await realtime.close();
      await connections.close();
    },
  };
}

/** The number of each command that the servers executed during `work`, without heartbeats. */
export async function commandsDuring(
  servers: readonly TestValkey[],
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  for (const server of servers) await server.command('CONFIG', 'RESETSTAT');
  await work();
  const counts: Record<string, number> = {};
  for (const server of servers) {
    const stats = String(await server.command('INFO', 'commandstats'));
    for (const [, name = '', calls] of stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)) {
      if (!/^(?:config\||hello|info|cluster\||ping|replconf)/.test(name))
        counts[name] = (counts[name] ?? 0) + Number(calls);
    }
  }
  return counts;
}
