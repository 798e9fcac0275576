import { expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { all, makeApiKey, writeAccessFile } from '../../helpers/access/access.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const ci = makeApiKey('ci', ['role']);
const content = (grants: object[], ...others: ReturnType<typeof makeApiKey>[]) => ({
  roles: { role: { grants } },
  apiKeys: [ci, ...others].map(({ entry }) => entry),
});

const jobId = '00000000-0000-4000-8000-000000000000';
const jobRecord = `cachegraph:{jobs}:job:${jobId}`;

/** The record of a job that another process runs. */
async function recordJob(server: TestValkey): Promise<void> {
  const constant = ['action', 'DELETE', 'match', 'k:*', 'dryRun', '1', 'status', 'RUNNING', 'examples', ''];
  const counts = ['scanned', 'matched', 'changed', 'failed', 'startedAt'].flatMap((name) => [name, '1']);
  await server.command('HSET', jobRecord, ...constant, ...counts);
  await server.command('PEXPIRE', jobRecord, '86400000');
}

/** Each subscription of the schema, with an action that causes a result. */
const subscriptions: Record<string, readonly [string, ((server: TestValkey) => Promise<unknown>)?]> = {
  channelMessages: [
    '(cluster: "orders", channels: ["news"], presence: { member: "ada" }) { messages { payload } }',
    (server) => server.command('PUBLISH', 'news', 'one'),
  ],
  channelPresenceChanges: ['(cluster: "orders", channel: "news") { joined { member } }'],
  clusterChanges: ['(cluster: "orders") { cluster { name } }'],
  clusterMetrics: ['(cluster: "orders", everySeconds: 1) { opsPerSecond nodes { node { name } } }'],
  consumerGroupProgress: [
    '(cluster: "orders", stream: "waiting", group: "nobody", everySeconds: 0.1) { lag }',
    (server) => server.command('XADD', 'waiting', '*', 'n', '1'),
  ],
  events: ['(announce: true) { started { at } }'],
  groupEntries: [
    '(cluster: "orders", stream: "jobs", group: "workers", consumer: "first", ack: ON_SEND) { entries { entry { entryId } } }',
    (server) => server.command('XADD', 'jobs', '*', 'n', '1'),
  ],
  jobProgress: [
    `(id: "${Buffer.from(`KeyJob:orders/${jobId}`).toString('base64')}") { scanned }`,
    (server) => server.command('HINCRBY', jobRecord, 'scanned', '1'),
  ],
  keyChanges: ['(cluster: "orders", name: "k") { key { type } }', (server) => server.command('INCR', 'k')],
  keyEvents: [
    '(cluster: "orders", match: "k*") { events { key current { type } } }',
    (server) => server.command('INCR', 'k'),
  ],
  streamEntries: [
    '(cluster: "orders", stream: "log") { entries { entryId } }',
    (server) => server.command('XADD', 'log', '*', 'n', '1'),
  ],
};

const getsIn = async (url: string, authorization: string): Promise<boolean> =>
  (await fetch(`${url}?query={__typename}`, { headers: { authorization } })).status === 200;
const forbidden = {
  reason: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) as object })],
};

test('every subscription continues while grants allow it, and is released when they do not', async () => {
  expect(Object.keys(subscriptions)).toEqual(Object.keys(schema.getSubscriptionType()!.getFields()).toSorted());
  await using server = await startValkey({ args: ['--notify-keyspace-events', 'KA'] });
  await recordJob(server);
  await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '$', 'MKSTREAM');
  await server.command('XGROUP', 'CREATE', 'waiting', 'nobody', '$', 'MKSTREAM');
  await using access = await writeAccessFile(content([all]));
  await using api = await serve(
    { orders: server },
    { accessFile: access.path, channels: { presence: [{ pattern: '*' }] } },
  );
  await using client = connect(api.url, { connectionParams: { authorization: ci.bearer } });
  const running = Object.fromEntries(
    Object.entries(subscriptions).map(([name, [rest]]) => [name, subscribe(client, `subscription { ${name}${rest} }`)]),
  );
  const stirred = (name: string): Promise<unknown> =>
    eventually(async () => {
      const before = running[name]!.results.length;
      await subscriptions[name]![1]?.(server);
      await eventually(() => expect(running[name]!.results.length).toBeGreaterThan(before), 500);
    });
  const stirrable = Object.keys(subscriptions).filter((name) => subscriptions[name]![1] !== undefined);
  for (const name of stirrable) await stirred(name);
  for (const name of ['clusterChanges', 'clusterMetrics', 'channelPresenceChanges']) await running[name]!.next();

  const later = makeApiKey('later', ['role']);
  await access.write(content([all], later));
  await eventually(async () => expect(await getsIn(api.url, later.bearer)).toBe(true));
  for (const name of stirrable) await stirred(name);
  const ids = running['groupEntries']!.results.flatMap(({ data }) =>
    data!['groupEntries'].entries.map(({ entry }: any) => entry.entryId as string),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.values(running).flatMap(({ results }) => results.flatMap(({ errors = [] }) => errors))).toEqual([]);

  type Lasting = Record<'clusterChanges' | 'events', Subscribed>;
  const { clusterChanges, events, ...others } = running as Record<string, Subscribed> & Lasting;
  await access.write(content([{ operations: ['clusters:read'], clusters: ['*'] }]));
  for (const one of Object.values(others)) await expect(one.ended).rejects.toMatchObject(forbidden);
  for (const { ended } of [clusterChanges, events]) {
    expect(await Promise.race([ended, Promise.resolve('goes on')])).toBe('goes on');
  }
  await eventually(async () => {
    expect(String(await server.command('PUBSUB', 'NUMSUB', 'news'))).toBe('news,0');
    expect(Number(await server.command('PUBSUB', 'NUMPAT'))).toBe(0);
    expect(await server.command('XINFO', 'CONSUMERS', 'jobs', 'workers')).toEqual([]);
  });
  await access.write(content([{ operations: ['server:read'] }]));
  for (const { ended } of [clusterChanges, events]) await expect(ended).rejects.toMatchObject(forbidden);
});
