import { describe, expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { startCachegraph } from '../../../helpers/apis/cachegraph.js';
import { change, setByApi, startWriter } from '../../../helpers/apis/key-writers.js';
import { connect, data, post } from '../../../helpers/clients/graphql-client.js';
import { eventually } from '../../../helpers/run/eventually.js';

const nodesQuery = `{ cluster(name: "orders") {
  status nodeType engine engineVersion parameterGroup pendingChanges { nodeType }
  shards { primary { name endpoint { host port } } replicas { name endpoint { host port } } }
} }`;

interface Node {
  readonly name: string;
  readonly endpoint: { readonly host: string; readonly port: number };
}

async function describeCluster(url: string) {
  const { cluster } = await data(url, nodesQuery);
  // The API asks the nodes for their roles.
  const nodes: Node[] = cluster.shards.flatMap(({ primary, replicas }: any) => [primary ?? [], ...replicas].flat());
  return { ...cluster, nodes: nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The memory limit and the start time of each node. */
async function readNodes(nodes: readonly Node[]) {
  return Promise.all(
    nodes.map(async ({ endpoint }) => {
      await using admin = await openAdmin(endpoint);
      const info = String(await admin.command('INFO'));
      const value = (name: string): string => new RegExp(`^${name}:(.*)\r`, 'm').exec(info)![1]!;
      return { maxmemory: Number(value('maxmemory')), process: value('process_id') };
    }),
  );
}

const keyQuery = (name: string): string =>
  `{ cluster(name: "orders") { key(name: ${name}) { ... on StringKey { value } } } }`;

/** Reads a key in a loop, as a caller of the API that never writes. */
function startReader(url: string) {
  const errors: string[] = [];
  const stopped = new AbortController();
  const done = (async () => {
    while (!stopped.signal.aborted) {
      const answer = await post(url, keyQuery('"first"'));
      if (answer.errors) errors.push(JSON.stringify(answer.errors));
    }
  })();
  return {
    errors,
    async stop() {
      stopped.abort();
      await done;
    },
  };
}

describe('the node type and the engine of a cluster', () => {
  it.each([
    { title: 'with shards and replicas', shape: 'clusterMode: ENABLED, shards: 2, replicasPerShard: 1' },
    { title: 'without cluster mode, with replicas', shape: 'replicasPerShard: 2' },
    { title: 'with a single node', shape: 'replicasPerShard: 0' },
    { title: 'with shards of single nodes', shape: 'clusterMode: ENABLED, shards: 2, replicasPerShard: 0' },
  ])(
    'change online $title: no key is lost, and callers of the API see no error',
    async ({ shape }) => {
      await using api = await startCachegraph();
      await change(
        api,
        `createCluster(input: { name: "orders", engine: REDIS, engineVersion: "7.1", nodeType: "cache.t3.small", ${shape}, transitEncryption: DISABLED, waitSeconds: 30 })`,
      );
      const before = await eventually(async () => {
        const described = await describeCluster(api.url);
        expect(described.shards.every(({ primary }: any) => primary)).toBe(true);
        return described;
      });
      const started = await readNodes(before.nodes);
      expect(started.map(({ maxmemory }) => maxmemory)).toEqual(before.nodes.map(() => 1_103_269_724));
      await using subscriber = connect(api.url);
      const changes = subscriber.iterate({
        query:
          'subscription { clusterChanges(cluster: "orders") { cluster { status engine engineVersion pendingChanges { nodeType engineVersion } } } }',
      });
      const seen: any[] = [];
      const watching = (async () => {
        for await (const { data: change } of changes) seen.push((change as any).clusterChanges.cluster);
      })();
      await eventually(async () => {
        for (const key of ['first', 'b', 'c', 'd', 'e', 'f']) await setByApi(api, key, 'first');
      });
      const writer = startWriter('api', (key, value) => setByApi(api, key, value));
      const reader = startReader(api.url);
      await eventually(() => {
        if (writer.written.size < 100) throw new Error('The writer has not begun.');
        return Promise.resolve();
      });

      await change(
        api,
        'modifyCluster(input: { cluster: "orders", engine: VALKEY, engineVersion: "8.0", nodeType: "cache.t3.medium" })',
      );
      await eventually(async () => {
        expect(await describeCluster(api.url)).toMatchObject({ status: 'AVAILABLE', nodeType: 'cache.t3.medium' });
      }, 60_000);
      await writer.stop();
      await reader.stop();
      expect(writer.errors).toEqual([]);
      expect(reader.errors).toEqual([]);

      const after = await eventually(async () => {
        const described = await describeCluster(api.url);
        expect(described.nodes).toEqual(before.nodes);
        return described;
      });
      expect(after).toMatchObject({ engine: 'VALKEY', engineVersion: '8.0', pendingChanges: null });
      expect(after.parameterGroup).toMatch(/^default\.valkey8/);
      const running = await readNodes(after.nodes);
      expect(running.map(({ maxmemory }) => maxmemory)).toEqual(after.nodes.map(() => 2_488_396_677));
      for (const [index, { process }] of running.entries()) expect(process).not.toBe(started[index]!.process);

      for (const [key, value] of writer.written) {
        const { cluster } = await data(api.url, `query ($key: String!) ${keyQuery('$key')}`, { key });
        expect(cluster.key?.value, key).toBe(value);
      }
      await eventually(() => {
        expect(seen.at(-1)).toMatchObject({ status: 'AVAILABLE', engine: 'VALKEY', pendingChanges: null });
        return Promise.resolve();
      });
      expect(seen).toContainEqual({
        status: 'MODIFYING',
        engine: 'REDIS',
        engineVersion: '7.1',
        pendingChanges: { nodeType: 'cache.t3.medium', engineVersion: '8.0' },
      });
      await changes.return?.();
      await watching;
    },
    240_000,
  );
});
