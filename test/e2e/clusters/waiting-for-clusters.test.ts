import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { connect, data, post, subscribe, type Result } from '../../helpers/clients/graphql-client.js';
import { startWaitingApi } from '../../helpers/apis/waiting-api.js';
import { eventually } from '../../helpers/run/eventually.js';
import { aCluster } from '../../helpers/elasticache/fake-control-plane.js';

const set =
  'mutation { setString(input: { cluster: "orders", key: "k", value: "v" }) { applied userErrors { code message } } }';
const read = '{ cluster(name: "orders") { status keyCount } }';
const enter =
  'mutation { connectCluster(input: { cluster: "orders" }) { cluster { status dataAccess { state } } userErrors { code } } }';
const live = 'subscription { channelMessages(cluster: "orders", channels: ["c"]) { messages { payload } } }';
const codes = ({ errors = [] }: Result) => errors.map(({ extensions }) => extensions?.['code']);

describe('While a cluster is CREATING', () => {
  test('data operations wait until the deadline, over HTTP and WebSocket, and the error names what they waited for', async () => {
    await using api = await startWaitingApi({ operationTimeoutMs: 300 });
    await using client = connect(api.url);
    for (const document of [set, enter]) {
      const answer = await post(api.url, document);
      expect(codes(answer)).toEqual(['TIMEOUT']);
      expect(answer.errors?.[0]?.message).toContain('CREATING');
    }
    const some = await post(api.url, read);
    expect(some).toMatchObject({ data: { cluster: { status: 'CREATING', keyCount: null } } });
    expect(codes(some)).toEqual(['TIMEOUT']);
    await using overSocket = subscribe(client, set);
    expect((await overSocket.next()).errors).toMatchObject([{ extensions: { code: 'TIMEOUT' } }]);
    const accepted = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: set }),
    });
    expect(codes((await accepted.json()) as Result)).toEqual(['TIMEOUT']);
    expect(api.waiting()).toBe(0);
  });

  test('queries of the cluster itself are answered immediately', async () => {
    await using api = await startWaitingApi();
    const described =
      '{ cluster(name: "orders") { status nodes { role info { version } } shards { primary { name } } dataAccess { state error } } }';
    expect(await data(api.url, described)).toMatchObject({
      cluster: { status: 'CREATING', dataAccess: { state: 'DISCONNECTED', error: null } },
    });
  });

  test('operations and subscriptions continue once it is AVAILABLE', async () => {
    await using api = await startWaitingApi();
    await using client = connect(api.url);
    await using messages = subscribe(client, live);
    const answers = Promise.all([data(api.url, set), data(api.url, enter), data(api.url, read)]);
    await eventually(() => expect(api.waiting()).toBe(4));
    api.becomes('AVAILABLE');
    expect(await answers).toEqual([
      { setString: { applied: true, userErrors: [] } },
      { connectCluster: { cluster: { status: 'AVAILABLE', dataAccess: { state: 'CONNECTED' } }, userErrors: [] } },
      { cluster: { status: expect.any(String) as string, keyCount: expect.any(Number) as number } },
    ]);
    await eventually(async () => {
      await api.valkey.command('PUBLISH', 'c', 'hello');
      expect(messages.results.length).toBeGreaterThan(0);
    });
  });

  test.each([
    ['CREATE_FAILED', 'INVALID_STATE'],
    ['DELETING', 'INVALID_STATE'],
    [undefined, 'NOT_FOUND'],
  ] as const)('%s ends every wait with an error', async (status, code) => {
    await using api = await startWaitingApi();
    await using client = connect(api.url);
    await using messages = subscribe(client, live);
    const answers = Promise.all([post(api.url, set), post(api.url, enter), post(api.url, read)]);
    await eventually(() => expect(api.waiting()).toBe(4));
    api.becomes(status);
    const [written, entered, counted] = await answers;
    expect(written).toMatchObject({ data: { setString: { userErrors: [{ code }] } } });
    expect(entered).toMatchObject({ data: { connectCluster: { userErrors: [{ code }] } } });
    expect(codes(counted)).toEqual([code]);
    await expect(messages.ended).rejects.toMatchObject({ reason: [{ extensions: { code } }] });
  });

  test('operations stop waiting when their client disconnects', async () => {
    await using api = await startWaitingApi();
    const client = connect(api.url);
    const over = subscribe(client, set);
    const messages = subscribe(client, live);
    const leaving = new AbortController();
    const left = fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: set }),
      signal: leaving.signal,
    });
    await eventually(() => expect(api.waiting()).toBe(3));
    leaving.abort();
    await expect(left).rejects.toThrow();
    await eventually(() => expect(api.waiting()).toBe(2));
    messages.leave();
    await eventually(() => expect(api.waiting()).toBe(1));
    await client[Symbol.asyncDispose]();
    await over.ended.catch(() => undefined);
    await eventually(() => expect(api.waiting()).toBe(0));
  });

  test('operations stop waiting when the server closes', async () => {
    const api = await startWaitingApi();
    await using client = connect(api.url);
    await using messages = subscribe(client, live);
    await using overSocket = subscribe(client, set);
    const request = httpRequest(api.url, { method: 'POST', headers: { 'content-type': 'application/json' } });
    request.end(JSON.stringify({ query: set }));
    const responded = once(request, 'response') as Promise<[NodeJS.ReadableStream]>;
    await eventually(() => expect(api.waiting()).toBe(3));
    const closed = api[Symbol.asyncDispose]();
    const [response] = await responded;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(codes(JSON.parse(String(Buffer.concat(chunks))) as Result)).toEqual(['SHUTTING_DOWN']);
    expect((await overSocket.next()).errors).toMatchObject([{ extensions: { code: 'SHUTTING_DOWN' } }]);
    await closed;
    expect(api.waiting()).toBe(0);
    await messages.ended.catch(() => undefined);
  });
});

test('createCluster returns the current state when its waiting time ends, which extends its deadline', async () => {
  await using api = await startWaitingApi({ operationTimeoutMs: 200 });
  const create = (seconds: number) =>
    `mutation { createCluster(input: { name: "new", waitSeconds: ${seconds} }) { created cluster { status } userErrors { code } } }`;
  expect(await data(api.url, create(0.6))).toEqual({
    createCluster: { created: true, cluster: { status: 'CREATING' }, userErrors: [] },
  });
});

test('createCluster may wait as long as requested, even if ElastiCache answers slowly', async () => {
  await using api = await startWaitingApi({ operationTimeoutMs: 200 });
  const createCluster = api.controlPlane.createCluster.bind(api.controlPlane);
  api.controlPlane.createCluster = async (cluster) => {
    await delay(400);
    await createCluster(cluster);
    api.controlPlane.state.clusters = [aCluster('new')];
  };
  const create = 'mutation { createCluster(input: { name: "new", waitSeconds: 5 }) { created cluster { status } } }';
  expect(await data(api.url, create)).toEqual({ createCluster: { created: true, cluster: { status: 'AVAILABLE' } } });
});
