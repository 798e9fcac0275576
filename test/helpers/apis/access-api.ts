import { graphql, parse, subscribe, GraphQLError, type ExecutionResult } from 'graphql';
import { pendingChangesOf } from '../../../src/datasources/elasticache/resources/clusters/pending-changes-shape.js';
import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { createClusterWatch } from '../../../src/datasources/elasticache/watch/cluster-watch.js';
import { createEventWatch } from '../../../src/datasources/elasticache/watch/event-watch.js';
import type { ControlPlane } from '../../../src/datasources/elasticache/interfaces.js';
import { createJobStore } from '../../../src/datasources/jobs/job-store.js';
import { createKeyExports } from '../../../src/datasources/exports/key-exports.js';
import { createKeyJobs } from '../../../src/datasources/jobs/key-jobs.js';
import { createRealtime } from '../../../src/datasources/realtime/realtime.js';
import type { ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import { createAccess, type Grant } from '../../../src/domain/access/access.js';
import type { KeyJob } from '../../../src/domain/key/key-job.js';
import { ExpectedFailure, Outage } from '../../../src/domain/errors.js';
import { createContext } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { connectionsTo } from '../valkey/connections.js';
import { describeServer } from '../valkey/described-cluster.js';
import { eventually } from '../run/eventually.js';
import { aCluster, aSnapshot, aUser, aUserGroup, createFakeControlPlane } from '../elasticache/fake-control-plane.js';
import { aParameter, aParameterGroup, aSubnetGroup, anEvent } from '../elasticache/fake-shared-resources.js';
import { principal } from '../access/principals.js';
import { startValkey, type TestValkey } from '../valkey/valkey.js';
import { testLog } from '../run/test-log.js';

/** The answer to a caller with certain grants. */
export interface Answered {
  readonly data: any;
  readonly errors: readonly { readonly code: string; readonly message: string; readonly path: string }[];
  /** The calls to the control plane and to the connections that it caused. */
  readonly touched: readonly string[];
}

/** The whole schema on a real Valkey with one key of each type, a group and a channel, for any caller. */
export interface AccessApi extends AsyncDisposable {
  readonly valkey: TestValkey;
  /** Each call uses a new control plane; subscriptions are not opened. */
  ask(grants: readonly Partial<Grant>[], document: string, variables?: Record<string, unknown>): Promise<Answered>;
}

function grant(given: Partial<Grant>): Grant {
  return { operations: [], clusters: [], keys: [], channels: [], groups: [], ...given };
}

export async function openAccessApi(): Promise<AccessApi> {
  // Logs every command, so that the slow log has entries.
  const valkey = await startValkey({ args: ['--slowlog-log-slower-than', '0'] });
  const bare = describeServer(valkey);
  const cluster = {
    ...bare,
    configurationEndpoint: bare.primaryEndpoint,
    userGroupIds: ['staff'],
    arn: 'arn:orders',
    parameterGroup: 'tuned',
    subnetGroup: 'net',
    pendingChanges: pendingChangesOf({ PendingModifiedValues: { ClusterMode: 'compatible' } }, []),
  };
  const log = testLog();
  const connections = connectionsTo(bare);
  const presence = { keyPrefix: 'cachegraph:', history: [], presence: [{ pattern: '*' }], presenceTimeoutSeconds: 12 };
  const realtime = createRealtime({ connections, log, channelSettings: presence });
  const jobs = createKeyJobs({ connections, log, isOwn: realtime.isOwn, limits: { maxJobsPerCluster: 100 } });
  await seed(valkey);
  await seedJob(connections);
  const present = realtime
    .channelMessages({
      cluster: 'orders',
      channels: [Buffer.from('public:1')],
      patterns: [],
      sharded: false,
      overflow: 'DROP_OLDEST',
      presence: { member: 'ada', data: null },
    })
    .open({ next: () => undefined, error: () => undefined, complete: () => undefined });
  await eventually(async () => {
    const { members } = await realtime.channelPresence({
      cluster: 'orders',
      channel: Buffer.from('public:1'),
      sharded: false,
    });
    if (members.length === 0) throw new Error('Nobody is there yet.');
  });

  return {
    valkey,
    async ask(grants, source, variableValues) {
      const controlPlane = {
        ...createFakeControlPlane({
          clusters: [cluster, aCluster('private')],
          users: [aUser('alice', { userGroupIds: ['staff'] })],
          snapshots: [aSnapshot('nightly'), aSnapshot('hidden', { clusterName: 'private' })],
          userGroups: [
            aUserGroup('staff', {
              userIds: ['alice'],
              clusterNames: ['orders', 'private'],
              pendingChanges: { addUserIds: ['alice'], removeUserIds: [] },
            }),
          ],
        }),
        tags: () => Promise.resolve([{ key: 'team', value: 'blue' }]),
      };
      Object.assign(controlPlane.shared, {
        parameterGroups: [aParameterGroup('tuned')],
        parameters: [aParameter('timeout')],
        subnetGroups: [aSubnetGroup('net')],
        events: [anEvent({ sourceName: 'orders' }), anEvent({ source: 'USER', sourceName: 'alice' })],
      });
      const touched: string[] = [];
      const seenConnections = recorded<ValkeyConnections>(
        {
          ...connections,
          connect: () => Promise.resolve(),
          disconnect: () => Promise.resolve(),
          deleted: () => undefined,
        },
        touched,
      );
      const seenControlPlane = recorded<ControlPlane>(controlPlane, touched);
      const clusterWatch = createClusterWatch({ controlPlane, connections, log });
      const eventWatch = createEventWatch({ controlPlane, log });
      const services = {
        controlPlane: seenControlPlane,
        clusterDirectory: createClusterDirectory({ controlPlane: seenControlPlane }),
        clusterWatch,
        eventWatch,
        connections: seenConnections,
        realtime,
        jobs,
        exports: createKeyExports({ connections: seenConnections, isOwn: realtime.isOwn }),
      };
      const contextValue = createContext(services, {
        requestId: 'test',
        log,
        principal: principal('somebody', createAccess(grants.map(grant))),
        signal: new AbortController().signal,
      });
      const document = parse(source);
      const isSubscription = /^\s*subscription\b/.test(source);
      const answer = isSubscription
        ? await subscribe({ schema, document, variableValues, contextValue })
        : await graphql({ schema, source, variableValues, contextValue });
      await clusterWatch.close();
      await eventWatch.close();
      return { ...outcomeOf(Symbol.asyncIterator in answer ? { data: {} } : answer), touched: [...touched] };
    },
    async [Symbol.asyncDispose]() {
      present.close();
      await jobs.close();
      await realtime.close();
      await connections.close();
      await valkey[Symbol.asyncDispose]();
    },
  };
}

async function seed(valkey: TestValkey): Promise<void> {
  for (const space of ['session', 'private']) {
    await valkey.command('SET', `${space}:StringKey`, 'value');
    await valkey.command('HSET', `${space}:HashKey`, 'f', 'value');
    await valkey.command('RPUSH', `${space}:ListKey`, 'value');
    await valkey.command('SADD', `${space}:SetKey`, 'value');
    await valkey.command('ZADD', `${space}:SortedSetKey`, '1', 'value');
    await valkey.command('XADD', `${space}:StreamKey`, '1-1', 'f', 'value');
    for (const group of ['workers', 'hidden']) {
      await valkey.command('XGROUP', 'CREATE', `${space}:StreamKey`, group, '0');
      await valkey.command('XREADGROUP', 'GROUP', group, 'c', 'STREAMS', `${space}:StreamKey`, '>');
    }
  }
}

const jobId = '00000000-0000-4000-8000-000000000000';
/** The global ID of a job that has ended. */
export const exampleJob = Buffer.from(`KeyJob:orders/${jobId}`).toString('base64');

async function seedJob(connections: ValkeyConnections): Promise<void> {
  const store = createJobStore('orders', () => connections.commands('orders'), {
    keyPrefix: 'cachegraph:',
    staleMs: 1,
  });
  const job: KeyJob = {
    ...{
      id: jobId,
      cluster: 'orders',
      action: 'DELETE',
      match: Buffer.from('session:*'),
      type: undefined,
      dryRun: true,
    },
    ...{ status: 'SUCCEEDED', scanned: 6, matched: 6, changed: 0, unconfirmed: 0, failed: 0 },
    ...{ estimatedTotal: 12, error: null },
    // Before all others on a page.
    startedAt: new Date('2100-01-01T00:00:00Z'),
    finishedAt: new Date(),
    examples: [{ name: Buffer.from('session:StringKey'), typeName: 'string' }],
  };
  await store.create(job);
  await store.finish(job);
}

/** Records the calls of methods that read or change. */
function recorded<Thing extends object>(thing: Thing, calls: string[]): Thing {
  const quiet = new Set(['dataAccess', 'onDataAccessChange', 'revision', 'onWrite', 'onClusters']);
  return new Proxy(thing, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string' || quiet.has(name)) return member;
      return (...args: unknown[]): unknown => {
        calls.push(name);
        return Reflect.apply(member, target, args);
      };
    },
  });
}

function outcomeOf({ data, errors = [] }: ExecutionResult): Pick<Answered, 'data' | 'errors'> {
  return {
    data,
    errors: errors.map((error) => {
      const { originalError: reason = error } = error;
      const code = reason instanceof Outage || reason instanceof ExpectedFailure ? reason.code : 'INVALID';
      if (code === 'INVALID' && !(reason instanceof GraphQLError)) throw reason;
      return { code, message: error.message, path: (error.path ?? []).join('.') };
    }),
  };
}
