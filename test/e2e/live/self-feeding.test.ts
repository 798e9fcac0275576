import { expect, test } from 'vitest';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, isOpen, post, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

/** A selection that reads the cluster's data for each event. */
const reading = 'reason cluster { status keyCount key(name: "x") { name } dataAccess { state } }';
const changes = (cluster: string, selection: string) =>
  `subscription { clusterChanges(cluster: "${cluster}") { ${selection} } }`;
const reasons = ({ results }: Subscribed): string[] =>
  results.map(({ data: result }) => result!['clusterChanges'].reason as string);

test('a subscriber whose events read an unreachable cluster receives no event about its own reads', async () => {
  await using api = await serve({ dead: { host: '127.0.0.1', port: 1 } });
  await using client = connect(api.url);
  await using onlooker = subscribe(client, changes('dead', 'reason cluster { dataAccess { state } }'));
  await onlooker.next();
  await using reader = subscribe(client, changes('dead', reading));
  const { data: first, errors } = await reader.next();
  expect(first).toMatchObject({ clusterChanges: { reason: 'INITIAL', cluster: { keyCount: null, key: null } } });
  // The answer itself contains the result of its reads.
  expect(first!['clusterChanges'].cluster.dataAccess).toEqual({ state: 'FAILED' });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['CLUSTER_UNAVAILABLE', 'CLUSTER_UNAVAILABLE']);
  expect((await onlooker.next()).data).toEqual({
    clusterChanges: { reason: 'DATA_ACCESS', cluster: { dataAccess: { state: 'FAILED' } } },
  });

  // Each of these attempts fails as those before: nothing has changed. What the socket was sent before its answer has come.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await using asked = subscribe(client, '{ cluster(name: "dead") { keyCount } }');
    expect((await asked.next()).errors).toHaveLength(1);
  }
  expect(reasons(reader)).toEqual(['INITIAL']);
  expect(reasons(onlooker)).toEqual(['INITIAL', 'DATA_ACCESS']);
});

test('two subscribers whose events read the same cluster cause no events for each other', async () => {
  await using api = await serve({ dead: { host: '127.0.0.1', port: 1 } });
  await using client = connect(api.url);
  const others = [reading, `${reading} __typename`, `__typename ${reading}`];
  const readers = others.map((selection) => subscribe(client, changes('dead', selection)));
  for (const reader of readers) await reader.next();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await using asked = subscribe(client, '{ cluster(name: "dead") { keyCount } }');
    await asked.next();
  }
  // One of them has made the attempt that is reported to the others.
  for (const reader of readers) expect(reader.results.length).toBeLessThanOrEqual(2);
  for (const reader of readers) reader.leave();
});

test('access that the reads of one subscriber open is reported to the others', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  await using client = connect(api.url);
  await using onlooker = subscribe(client, changes('orders', 'reason cluster { dataAccess { state } }'));
  await onlooker.next();
  await using reader = subscribe(client, changes('orders', reading));
  expect((await reader.next()).data).toMatchObject({
    clusterChanges: { cluster: { keyCount: 0, dataAccess: { state: 'CONNECTED' } } },
  });
  expect((await onlooker.next()).data).toMatchObject({
    clusterChanges: { reason: 'DATA_ACCESS', cluster: { dataAccess: { state: 'CONNECTED' } } },
  });
  await valkey.kill();
  await eventually(() => expect(reasons(reader)).toEqual(['INITIAL', 'DATA_ACCESS']));
});

test('events of a cluster that is CREATING neither wait nor cause events', async () => {
  await using api = await startCachegraph();
  await using client = connect(api.url);
  await using reader = subscribe(client, changes('orders', reading));
  await isOpen(client);
  await data(api.url, 'mutation { createCluster(input: { name: "orders", replicasPerShard: 0 }) { created } }');
  const { data: first, errors } = await reader.next();
  expect(first).toMatchObject({
    clusterChanges: { cluster: { status: 'CREATING', keyCount: null } },
  });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
  await eventually(() =>
    expect(reader.results.at(-1)?.data).toMatchObject({
      clusterChanges: { cluster: { status: 'AVAILABLE', keyCount: 0, dataAccess: { state: 'CONNECTED' } } },
    }),
  );
  expect(reasons(reader)).not.toContain('DATA_ACCESS');
  expect(reader.results.length).toBeLessThan(6);
});

test('a subscriber of a group whose events read all of the group gets one event for each change', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  await using client = connect(api.url);
  const add = () => valkey.command('XADD', 's', '*', 'a', 'b');
  await add();
  await valkey.command('XGROUP', 'CREATE', 's', 'g', '0');
  await valkey.command('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', '1', 'STREAMS', 's', '>');
  const everything =
    'pending lag lastDeliveredId consumers { name pending } pendingEntries(first: 10) { nodes { entryId consumer } }';
  await using progress = subscribe(
    client,
    `subscription { consumerGroupProgress(cluster: "orders", stream: "s", group: "g", everySeconds: 0.1) { ${everything} } }`,
  );
  const { data: first, errors } = await progress.next();
  expect(errors).toBeUndefined();
  expect(first?.['consumerGroupProgress']).toMatchObject({ pending: 1, lag: 0 });
  await add();
  expect((await progress.next()).data?.['consumerGroupProgress']).toMatchObject({ lag: 1 });
  await add();
  expect((await progress.next()).data?.['consumerGroupProgress']).toMatchObject({ lag: 2 });
  expect((await post(api.url, '{ cluster(name: "orders") { keyCount } }')).errors).toBeUndefined();
  expect(progress.results).toHaveLength(3);
});
