import { ElastiCache } from '@aws-sdk/client-elasticache';
import { expect, test } from 'vitest';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { cacheAvailable, smallCache } from '../../helpers/elasticache/cache-clusters.js';
import { eventually } from '../../helpers/run/eventually.js';

const errors = 'userErrors { code message path }';

test('the keys, channels and streams of a cache cluster are those of a cluster', async () => {
  await using api = await startCachegraph();
  const aws = new ElastiCache({
    endpoint: api.elastiCacheUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  await aws.createCacheCluster(smallCache);
  await cacheAvailable(aws, 'cache');
  await using client = connect(api.url);
  await using messages = subscribe(
    client,
    'subscription { channelMessages(cluster: "cache", channels: ["c"]) { messages { payload } } }',
  );
  await using entries = subscribe(
    client,
    'subscription { streamEntries(cluster: "cache", stream: "s", after: "0") { entries { entryId } } }',
  );
  const written = await data(
    api.url,
    `mutation { setString(input: { cluster: "cache", key: "k", value: "v" }) { applied ${errors} }
      addStreamEntry(input: { cluster: "cache", stream: "s", fields: [{ name: "a", value: "b" }] }) { ${errors} } }`,
  );
  expect(written).toEqual({ setString: { applied: true, userErrors: [] }, addStreamEntry: { userErrors: [] } });
  expect(
    await data(
      api.url,
      '{ cluster(name: "cache") { dataAccess { state } keyCount string(name: "k") { value } nodes { info { role } } } }',
    ),
  ).toEqual({
    cluster: {
      dataAccess: { state: 'CONNECTED' },
      keyCount: 2,
      string: { value: 'v' },
      nodes: [{ info: { role: 'PRIMARY' } }],
    },
  });
  expect((await entries.next()).data).toMatchObject({
    streamEntries: { entries: [{ entryId: expect.any(String) as string }] },
  });
  await eventually(async () => {
    await data(
      api.url,
      'mutation { publish(input: { cluster: "cache", channel: "c", payload: "hello" }) { receivers } }',
    );
    expect(messages.results.length).toBeGreaterThan(0);
  });
  const removed = await data(
    api.url,
    `mutation { deleteCluster(input: { cluster: "cache" }) { cluster { status } ${errors} } }`,
  );
  expect(removed.deleteCluster).toEqual({ cluster: { status: 'DELETING' }, userErrors: [] });
  await eventually(async () =>
    expect(await data(api.url, '{ cluster(name: "cache") { status } }')).toEqual({ cluster: null }),
  );
  aws.destroy();
});
