import { GraphQLBoolean, GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { ExpectedFailure, Outage } from '../../../src/domain/errors.js';
import { permissionDenied } from '../../../src/domain/access/permission-denied.js';
import type { Context, Services } from '../../../src/resolvers/shared/context.js';
import { callerIndependent } from '../../../src/schema/shared/caller-independent-fields.js';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';
import { startApiServer, type ApiServer, type ApiServerOptions } from '../../../src/server/server.js';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { createManualSource, type ManualSource } from '../valkey/subscribers.js';
import { trustingNames } from '../access/principals.js';
import { testLog } from '../run/test-log.js';

interface Tick {
  readonly text: string;
}

/**
 * The real server with a small schema that makes every execution visible. Callers have the name that they send, unless another
 * authenticator is given.
 */
export interface TestApi extends ApiServer {
  readonly ticks: ManualSource<Tick>;
  /** The number of executions of a subscription's selection. */
  executions(): number;
  /** The number of executions of a mutation. */
  mutations(): number;
  /** The limits that were exceeded, in order. */
  readonly limitsHit: readonly string[];
  /** Resolves when `never` executes. */
  asked(): Promise<void>;
}

export async function startTestApi(
  limits: Partial<ServerLimits> = {},
  authenticator: Authenticator = trustingNames,
  more: Partial<ApiServerOptions> = {},
): Promise<TestApi> {
  const ticks = createManualSource<Tick>();
  const limitsHit: string[] = [];
  let executions = 0;
  let mutations = 0;
  let neverAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (neverAsked = resolve));
  const tick = new GraphQLObjectType<Tick, Context>({
    name: 'Tick',
    fields: {
      text: { type: GraphQLString, extensions: callerIndependent },
      /** Depends on the caller. */
      mayWrite: {
        type: GraphQLBoolean,
        resolve: (_, _arguments, { principal }) => principal.access.may('keys:write'),
      },
      viewer: { type: GraphQLString, resolve: (_, _arguments, { principal }) => principal.key },
      /** Depends on the caller, but is declared caller-independent. */
      leaked: {
        type: GraphQLString,
        extensions: callerIndependent,
        resolve: (_, _arguments, { principal }) => principal.key,
      },
      later: { type: GraphQLString, resolve: ({ text }) => new Promise((resolve) => setImmediate(resolve, text)) },
      broken: { type: GraphQLString, resolve: () => fail(new Error('secret detail')) },
    },
  });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        hello: {
          type: GraphQLString,
          args: { name: { type: GraphQLString } },
          resolve: (_, { name }) => `hello ${name}`,
        },
        missing: { type: GraphQLString, resolve: () => fail(new ExpectedFailure('NOT_FOUND', 'No such thing.')) },
        out: { type: GraphQLString, resolve: () => fail(new Outage('CLUSTER_UNAVAILABLE', 'The cluster is out.')) },
        bug: { type: GraphQLString, resolve: () => fail(new Error('secret detail')) },
        total: {
          type: GraphQLInt,
          args: { numbers: { type: new GraphQLList(GraphQLInt) } },
          resolve: (_, { numbers }: { numbers?: readonly number[] }) => numbers?.length,
        },
        never: { type: GraphQLString, resolve: () => new Promise(() => neverAsked()) },
      },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: {
        count: {
          type: GraphQLInt,
          resolve: () => {
            mutations += 1;
            return 1;
          },
        },
      },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        ticks: {
          type: tick,
          extensions: callerIndependent,
          args: { mark: { type: GraphQLString } },
          subscribe: () => ticks.source,
          resolve: (event) => {
            executions += 1;
            return event as Tick;
          },
        },
        guarded: {
          type: tick,
          extensions: callerIndependent,
          args: { channel: { type: GraphQLString } },
          subscribe: (_, { channel }, { principal }: Context) => {
            const resource = { channel: Buffer.from(String(channel)) };
            return principal.access.may('channels:read', resource)
              ? ticks.source
              : fail(permissionDenied('channels:read', resource));
          },
          resolve: (event) => event as Tick,
        },
        refused: {
          type: tick,
          subscribe: () => fail(new ExpectedFailure('PERMISSION_DENIED', 'Not this channel.')),
        },
      },
    }),
  });
  const services = { controlPlane: { revision: () => 0 } } as unknown as Services;
  const api = await startApiServer({
    schema,
    services,
    log: testLog(),
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    graphiql: true,
    limits,
    metrics: { ...createMetrics(), limitHit: (limit) => limitsHit.push(limit) },
    authenticator,
    ...more,
  });
  return { ...api, ticks, limitsHit, executions: () => executions, mutations: () => mutations, asked: () => asked };
}

function fail(reason: Error): never {
  throw reason;
}
