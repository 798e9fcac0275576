import { expect, test } from 'vitest';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { eventually } from '../../helpers/run/eventually.js';

/** One request to ElastiCache's query API, as the AWS SDK sends it. */
async function ask(url: string, parameters: Record<string, string>): Promise<void> {
  const body = new URLSearchParams({ ...parameters, Version: '2015-02-02' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(url, { method: 'POST', headers, body });
  expect(response.status, await response.text()).toBe(200);
}

test('events of a cluster of ElastiCache, whose nodes refuse CONFIG, depend on its parameter group', async () => {
  await using api = await startCachegraph();
  await using client = connect(api.url);
  const group = { CacheParameterGroupName: 'noted' };
  await ask(api.elastiCacheUrl, {
    Action: 'CreateCacheParameterGroup',
    CacheParameterGroupFamily: 'valkey8',
    Description: 'Orders',
    ...group,
  });
  await data(
    api.url,
    `mutation { createCluster(input: { name: "orders", replicasPerShard: 0, parameterGroup: "noted", waitSeconds: 60 }) {
       cluster { status } userErrors { message } } }`,
  );
  const capability = async (): Promise<unknown> =>
    (await data(api.url, '{ cluster(name: "orders") { capabilities { keyEvents } } }')).cluster.capabilities.keyEvents;
  expect(await capability()).toBe(false);
  const query =
    'subscription { keyEvents(cluster: "orders", announce: true) { started { at } events { key event node } } }';
  const refused: any = await subscribe(client, query).ended.catch((error: unknown) => error);
  expect(refused.reason).toEqual([
    expect.objectContaining({
      message:
        'The cluster does not send these keyspace notifications: notify-keyspace-events lacks K and a class of events ' +
        "such as A. Set it in the cluster's parameter group noted, for example to KA.",
      extensions: expect.objectContaining({ code: 'NOT_SUPPORTED' }) as object,
    }),
  ]);

  await ask(api.elastiCacheUrl, {
    Action: 'ModifyCacheParameterGroup',
    ...group,
    'ParameterNameValues.ParameterNameValue.1.ParameterName': 'notify-keyspace-events',
    'ParameterNameValues.ParameterNameValue.1.ParameterValue': 'KA',
  });
  expect(await capability()).toBe(true);
  await using events = subscribe(client, query);
  await events.next();
  await eventually(async () => {
    await data(
      api.url,
      'mutation { setString(input: { cluster: "orders", key: "k", value: "v" }) { userErrors { message } } }',
    );
    await eventually(() => expect(events.results.length).toBeGreaterThan(1), 500);
  });
  expect(events.results.at(-1)?.data).toMatchObject({
    keyEvents: { events: [{ key: 'k', event: 'set', node: 'orders-001' }] },
  });
});
