import { describe, expect, it } from 'vitest';
import type { GroupSample } from '../../../../src/datasources/valkey/values/streams/group-sample.js';
import { commandsDuring, openDataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const name = { cluster: 'orders', stream: Buffer.from('jobs'), group: Buffer.from('workers') };
const follow = (realtime: TestRealtime, everyMs = 100, group = name.group): Listening<GroupSample> =>
  listenTo(realtime.groupProgress({ ...name, group, everyMs }));
const startGroup = async (): Promise<TestValkey> => {
  const server = await startValkey();
  await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
  return server;
};
const add = (server: TestValkey, count: number) =>
  Promise.all(Array.from({ length: count }, () => server.command('XADD', 'jobs', '*', 'n', '1')));
const shown = ({ lag, pending, consumers }: GroupSample) => ({
  lag,
  pending,
  consumers: consumers.map((consumer) => [consumer.name.toString(), consumer.pending]),
});
const until = (followed: Listening<GroupSample>, expected: Partial<ReturnType<typeof shown>>) =>
  followed.until((events) => {
    const last = events.at(-1);
    return last !== undefined && JSON.stringify({ ...shown(last), ...expected }) === JSON.stringify(shown(last));
  });

describe('The progress of a group', () => {
  it('is delivered immediately, then when entries are added, delivered and acknowledged', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    await add(server, 2);
    using followed = follow(realtime);
    expect((await until(followed, {})).map(shown)).toEqual([{ lag: 2, pending: 0, consumers: [] }]);
    await add(server, 1);
    await until(followed, { lag: 3 });
    await server.command('XREADGROUP', 'GROUP', 'workers', 'a', 'COUNT', '2', 'STREAMS', 'jobs', '>');
    await until(followed, { lag: 1, pending: 2, consumers: [['a', 2]] });
    const [[id]] = (await server.command('XPENDING', 'jobs', 'workers', '-', '+', '1')) as unknown as [[unknown]];
    await server.command('XACK', 'jobs', 'workers', String(id));
    realtime.acknowledged(name, [String(id)]);
    await until(followed, { pending: 1 });
    const keys = followed.events.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is sampled once for all subscribers, however much is written', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const counts = await commandsDuring([server], async () => {
      const all = Array.from({ length: 50 }, () => follow(realtime, 500));
      await Promise.all(all.map((followed) => until(followed, { lag: 0 })));
      for (let round = 0; round < 10; round += 1) await add(server, 100);
      await Promise.all(all.map((followed) => until(followed, { lag: 1000 })));
      const [first] = all;
      for (const { events } of all) expect(events.every((event) => first!.events.includes(event))).toBe(true);
      for (const { subscription } of all) subscription.close();
    });
    // Fewer than one for each subscriber, however long it took.
    expect(counts['xinfo|groups']).toBeLessThan(50);
    expect(counts['xinfo|consumers']).toBe(counts['xinfo|groups']);
  });

  it('is delivered to each subscriber at most as often as requested, and newest after a pause', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    using often = follow(realtime, 100);
    using seldom = follow(realtime, 3_600_000);
    using paused = follow(realtime, 100);
    await Promise.all([often, seldom, paused].map((followed) => until(followed, { lag: 0 })));
    paused.subscription.pause();
    await add(server, 1);
    await until(often, { lag: 1 });
    await add(server, 1);
    await until(often, { lag: 2 });
    expect(paused.events).toHaveLength(1);
    paused.subscription.resume();
    expect((await until(paused, { lag: 2 })).map(({ lag }) => lag)).toEqual([0, 2]);
    expect(seldom.events).toHaveLength(1);
    using late = follow(realtime, 3_600_000);
    await until(late, { lag: 2 });
  });

  it('fails like the entries of a group if the group or stream does not exist, or is deleted later', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const reading = realtime.groupEntries({
      ...name,
      stream: Buffer.from('none'),
      consumer: Buffer.from('a'),
      ack: 'MANUAL',
      maxInFlight: 1,
      claimIdleMs: 60_000,
    });
    using sibling = listenTo(reading);
    const noGroup = {
      code: 'NOT_FOUND',
      message: 'The stream or consumer group does not exist: see `createConsumerGroup`.',
      upstreamCode: 'NOGROUP',
    };
    expect(await sibling.failure).toMatchObject(noGroup);
    using nobody = follow(realtime, 100, Buffer.from('nobody'));
    expect(await nobody.failure).toMatchObject(noGroup);
    using nothing = listenTo(realtime.groupProgress({ ...name, stream: Buffer.from('none'), everyMs: 100 }));
    expect(await nothing.failure).toMatchObject(noGroup);
    using followed = follow(realtime);
    await until(followed, { lag: 0 });
    await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
    await add(server, 1);
    expect(await followed.failure).toMatchObject(noGroup);
    await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '$');
    using again = follow(realtime);
    await until(again, { lag: 0 });
    await server.command('DEL', 'jobs');
    expect(await again.failure).toMatchObject(noGroup);
  });

  it('survives lost connections', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    using followed = follow(realtime);
    await until(followed, { lag: 0 });
    for (let lag = 1; lag <= 3; lag += 1) {
      await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
      await add(server, 1);
      await until(followed, { lag });
    }
  });
});

describe('consumerGroupProgress', () => {
  it('returns the group like a query', async () => {
    await using server = await startGroup();
    await using api = openDataApi(describeServer(server));
    await add(server, 1);
    await server.command('XREADGROUP', 'GROUP', 'workers', 'a', 'STREAMS', 'jobs', '>');
    const fields =
      '{ id name lag pending lastDeliveredId consumers { name pending } pendingEntries { nodes { entryId } } }';
    const results = await api.subscribe(
      `subscription { consumerGroupProgress(cluster: "orders", stream: "jobs", group: "workers") ${fields} }`,
    );
    const { value } = await results.next();
    const { stream } = await api.cluster(`stream(name: "jobs") { groups ${fields} }`);
    expect(value).toEqual({ data: { consumerGroupProgress: stream.groups[0] } });
    expect(stream.groups[0]).toMatchObject({ lag: 0, pending: 1, consumers: [{ name: 'a', pending: 1 }] });
    await results.return();
    await expect(
      api.subscribe(
        'subscription { consumerGroupProgress(cluster: "orders", stream: "s", group: "g", everySeconds: 0) { lag } }',
      ),
    ).rejects.toThrow('Expected 0.1 to 3600 seconds, got 0.');
  });
});
