import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { connect, data, post, subscribe } from '../../helpers/clients/graphql-client.js';
import { eventually } from '../../helpers/run/eventually.js';
import { keepWritten } from '../../helpers/run/written.js';

const userErrors = 'userErrors { code message path }';
const create = (name: string, more = '') =>
  `mutation { createCluster(input: { name: "${name}", replicasPerShard: 0 ${more} }) { created cluster { status primaryEndpoint { port } } ${userErrors} } }`;
const set = (cluster: string, key = 'k') =>
  `mutation { setString(input: { cluster: "${cluster}", key: "${key}", value: "v" }) { applied ${userErrors} } }`;
const remove = (cluster: string) => `mutation { deleteCluster(input: { cluster: "${cluster}" }) { ${userErrors} } }`;
const password = 'canary-password-of-writer';
const enter = (cluster: string, username = 'writer') =>
  `mutation { connectCluster(input: { cluster: "${cluster}", username: "${username}", password: "${password}" }) { cluster { dataAccess { state } } ${userErrors} } }`;
const user = (id: string) =>
  `createUser(input: { userId: "${id}", userName: "${id}", accessString: "on ~* &* +@all", authentication: { type: PASSWORD, passwords: ["${password}"] } }) { ${userErrors} }`;
const staff = `mutation { writer: ${user('writer')} other: ${user('other')}
  createUserGroup(input: { userGroupId: "staff", userIds: ["writer", "other"] }) { ${userErrors} } }`;

const goneOf = (url: string, name: string) =>
  eventually(async () => expect(await data(url, `{ cluster(name: "${name}") { status } }`)).toEqual({ cluster: null }));

/** Deletes `orders` as another program would. */
const deleteElsewhere = (elastiCacheUrl: string) =>
  fetch(elastiCacheUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      Action: 'DeleteReplicationGroup',
      ReplicationGroupId: 'orders',
      Version: '2015-02-02',
    }),
  });

/** All of what is logged at `warn` and above, as text. */
function warnings() {
  const lines: string[] = [];
  const log = pino(
    { level: 'warn' },
    {
      write(line) {
        keepWritten('log', line);
        lines.push(line);
      },
    },
  );
  return { lines, log };
}

test('a created cluster can be used at once: each kind of operation waits for it', async () => {
  await using api = await startCachegraph();
  await using client = connect(api.url);
  expect(await data(api.url, create('orders'))).toMatchObject({ createCluster: { created: true, userErrors: [] } });
  await using messages = subscribe(
    client,
    'subscription { channelMessages(cluster: "orders", channels: ["c"]) { messages { payload } } }',
  );
  await using entries = subscribe(
    client,
    'subscription { streamEntries(cluster: "orders", stream: "s", after: "0") { entries { entryId } } }',
  );
  const [written, read] = await Promise.all([
    data(api.url, set('orders')),
    data(api.url, '{ cluster(name: "orders") { keyCount channels { name } } }'),
  ]);
  expect(written).toEqual({ setString: { applied: true, userErrors: [] } });
  expect(read.cluster.keyCount).toEqual(expect.any(Number));
  await data(
    api.url,
    'mutation { addStreamEntry(input: { cluster: "orders", stream: "s", fields: [{ name: "a", value: "b" }] }) { userErrors { code } } }',
  );
  expect((await entries.next()).data).toMatchObject({
    streamEntries: { entries: [{ entryId: expect.any(String) as string }] },
  });
  await eventually(async () => {
    await data(
      api.url,
      'mutation { publish(input: { cluster: "orders", channel: "c", payload: "hello" }) { receivers } }',
    );
    expect(messages.results.length).toBeGreaterThan(0);
  });
});

test('createCluster waits until the cluster is AVAILABLE, and returns its state when the time is over', async () => {
  await using api = await startCachegraph();
  const soon = await data(api.url, create('soon', 'waitSeconds: 0.001'));
  expect(soon.createCluster).toMatchObject({ created: true, cluster: { status: 'CREATING' }, userErrors: [] });
  const made = await data(api.url, create('orders', 'waitSeconds: 60'));
  expect(made.createCluster).toMatchObject({
    created: true,
    cluster: { status: 'AVAILABLE', primaryEndpoint: { port: expect.any(Number) as number } },
    userErrors: [],
  });
  const refused = await data(api.url, create('late', 'waitSeconds: 901'));
  expect(refused.createCluster.userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'waitSeconds'] }]);
  expect(await data(api.url, '{ cluster(name: "late") { name } }')).toEqual({ cluster: null });
});

test('a cluster that a query has seen AVAILABLE can be used at once', async () => {
  await using api = await startCachegraph();
  await data(api.url, staff);
  await data(api.url, create('orders', 'userGroupIds: ["staff"]'));
  await eventually(async () => {
    const seen = await data(
      api.url,
      '{ cluster(name: "orders") { status primaryEndpoint { host } shards { primary { endpoint { host } } } dataAccess { error } } }',
    );
    expect(seen.cluster.dataAccess.error).toBeNull();
    expect(seen.cluster.status).toBe('AVAILABLE');
  });
  expect(await data(api.url, enter('orders'))).toEqual({
    connectCluster: { cluster: { dataAccess: { state: 'CONNECTED' } }, userErrors: [] },
  });
});

test('a cluster that is recreated under the same name is another cluster without connections', async () => {
  await using api = await startCachegraph();
  await data(api.url, staff);
  await data(api.url, create('orders', 'userGroupIds: ["staff"], waitSeconds: 60'));
  await data(api.url, enter('orders'));
  expect(await data(api.url, set('orders'))).toEqual({ setString: { applied: true, userErrors: [] } });

  await data(api.url, remove('orders'));
  await goneOf(api.url, 'orders');
  const again = await data(api.url, create('orders', 'userGroupIds: ["staff"], waitSeconds: 60'));
  expect(again.createCluster).toMatchObject({ cluster: { status: 'AVAILABLE' } });
  expect((await data(api.url, set('orders'))).setString.userErrors).toMatchObject([{ code: 'NOT_CONNECTED' }]);
  expect(await data(api.url, '{ cluster(name: "orders") { dataAccess { state username } } }')).toEqual({
    cluster: { dataAccess: { state: 'DISCONNECTED', username: null } },
  });

  await data(api.url, remove('orders'));
  await goneOf(api.url, 'orders');
  await data(api.url, create('orders', 'waitSeconds: 60'));
  expect(await data(api.url, set('orders'))).toEqual({ setString: { applied: true, userErrors: [] } });
});

test('a deleted cluster is NOT_FOUND everywhere at once, and nothing is logged as if it were a fault', async () => {
  const { lines, log } = warnings();
  await using api = await startCachegraph({}, log);
  await using client = connect(api.url);
  await data(api.url, create('orders', 'waitSeconds: 60'));
  await data(api.url, set('orders'));
  const fields = [
    'channelMessages(cluster: "orders", channels: ["c"]) { messages { payload } }',
    'streamEntries(cluster: "orders", stream: "s", after: "0") { entries { entryId } }',
  ];
  const live = fields.map((field) => subscribe(client, `subscription { ${field} }`));
  await eventually(async () =>
    expect(await data(api.url, '{ cluster(name: "orders") { channels { name } } }')).toEqual({
      cluster: { channels: [{ name: 'c' }] },
    }),
  );

  expect(await data(api.url, remove('Orders'))).toEqual({ deleteCluster: { userErrors: [] } });
  const { setString } = await data(api.url, set('orders'));
  expect(['INVALID_STATE', 'NOT_FOUND']).toContain(setString.userErrors[0]?.code);
  for (const each of live) {
    await expect(each.ended).rejects.toMatchObject({ reason: [{ extensions: { code: 'NOT_FOUND' } }] });
  }
  await goneOf(api.url, 'orders');
  expect((await data(api.url, set('orders'))).setString.userErrors).toMatchObject([
    { code: 'NOT_FOUND', path: ['input', 'cluster'] },
  ]);
  for (const field of fields) {
    await using late = subscribe(client, `subscription { ${field} }`);
    await expect(late.ended).rejects.toMatchObject({ reason: [{ extensions: { code: 'NOT_FOUND' } }] });
  }
  const ready = (await (await fetch(new URL('/health/ready', api.url))).json()) as object;
  expect(ready).toEqual({ status: 'ready', clusters: [] });
  expect(lines).toEqual([]);
});

test.each(['this process', 'another program'])(
  'no event contradicts itself while %s deletes the cluster',
  async (by) => {
    await using api = await startCachegraph();
    await using client = connect(api.url);
    await data(api.url, create('orders', 'waitSeconds: 60'));
    await data(api.url, set('orders'));
    const selection = 'reason cluster { status keyCount dataAccess { state } }';
    await using changes = subscribe(client, `subscription { clusterChanges(cluster: "orders") { ${selection} } }`);
    expect((await changes.next()).data).toMatchObject({
      clusterChanges: { reason: 'INITIAL', cluster: { status: 'AVAILABLE', keyCount: 1 } },
    });
    if (by === 'this process') await data(api.url, remove('orders'));
    else await deleteElsewhere(api.elastiCacheUrl);
    await eventually(() => expect(changes.results.at(-1)?.data?.['clusterChanges'].reason).toBe('DELETED'));
    // DELETED shows the last state of the cluster, which can no longer be read.
    const events = changes.results
      .map((result) => result.data!['clusterChanges'])
      .filter(({ reason }) => reason !== 'DELETED');
    expect(events.filter(({ cluster }) => cluster.status === 'AVAILABLE' && cluster.keyCount === null)).toEqual([]);
  },
);

test('a cluster deleted by another program is NOT_FOUND for every operation once one operation has noticed the deletion', async () => {
  const { lines, log } = warnings();
  await using api = await startCachegraph({}, log);
  await data(api.url, create('orders', 'waitSeconds: 60'));
  await data(api.url, set('orders'));
  await deleteElsewhere(api.elastiCacheUrl);
  await goneOf(api.url, 'orders');
  const answer = await post(api.url, set('orders'));
  expect(answer).toMatchObject({ data: { setString: { userErrors: [{ code: 'NOT_FOUND' }] } } });
  const ready = (await (await fetch(new URL('/health/ready', api.url))).json()) as object;
  expect(ready).toEqual({ status: 'ready', clusters: [] });
  expect(lines).toEqual([]);
});

test('a user that leaves the group while connected is refused from then on, in mutations and queries alike', async () => {
  await using api = await startCachegraph();
  await data(api.url, staff);
  await data(api.url, create('orders', 'userGroupIds: ["staff"], waitSeconds: 60'));
  await data(api.url, enter('orders'));
  const left = await data(
    api.url,
    `mutation { modifyUserGroup(input: { userGroupId: "staff", removeUserIds: ["writer"] }) { userGroup { pendingChanges { addUserIds removeUserIds } } ${userErrors} } }`,
  );
  expect(left.modifyUserGroup).toEqual({
    userGroup: { pendingChanges: { addUserIds: [], removeUserIds: ['writer'] } },
    userErrors: [],
  });
  await eventually(async () => {
    const answer = await post(api.url, set('orders'));
    expect(answer).toMatchObject({ data: { setString: { userErrors: [{ code: 'PERMISSION_DENIED' }] } } });
  });
  await using client = connect(api.url);
  for (const field of [
    'channelMessages(cluster: "orders", channels: ["c"]) { messages { payload } }',
    'streamEntries(cluster: "orders", stream: "s", after: "0") { entries { entryId } }',
  ]) {
    await using late = subscribe(client, `subscription { ${field} }`);
    await expect(late.ended).rejects.toMatchObject({ reason: [{ extensions: { code: 'PERMISSION_DENIED' } }] });
  }
  const read = await post(api.url, '{ cluster(name: "orders") { key(name: "k") { name } keyCount } }');
  expect(read.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
    'PERMISSION_DENIED',
    'PERMISSION_DENIED',
  ]);
  expect(await data(api.url, '{ cluster(name: "orders") { dataAccess { state } } }')).toEqual({
    cluster: { dataAccess: { state: 'FAILED' } },
  });
});
