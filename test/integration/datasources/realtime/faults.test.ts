import { describe, expect, it } from 'vitest';
import type { ChannelDelivery, GroupDelivery, StreamDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const cluster = 'orders';
const stream = Buffer.from('jobs');
const group = Buffer.from('workers');
const channel = (realtime: TestRealtime, sharded = false) =>
  listenTo(
    realtime.channelMessages({
      cluster,
      channels: [Buffer.from('jobs')],
      patterns: [],
      sharded,
      overflow: 'DROP_OLDEST',
    }),
  );
const tail = (realtime: TestRealtime) => listenTo(realtime.streamEntries({ cluster, stream, after: '0' }));
const worker = (realtime: TestRealtime) =>
  listenTo(
    realtime.groupEntries({
      ...{ cluster, stream, group },
      consumer: Buffer.from('a'),
      ack: 'MANUAL',
      maxInFlight: 100,
      claimIdleMs: 60_000,
    }),
  );
const messages = (events: readonly ChannelDelivery[]) => events.flatMap((event) => event.messages);
const entries = (events: readonly (StreamDelivery | GroupDelivery)[]) => events.flatMap((event) => [...event.entries]);

describe('Live subscriptions', () => {
  it('survive a frozen server, and fail if they start while it is frozen', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
    await server.command('XADD', 'jobs', '*', 'n', '1');
    using heard = channel(realtime);
    using followed = tail(realtime);
    using worked = worker(realtime);
    await followed.until((events) => entries(events).length === 1);
    await worked.until((events) => entries(events).length === 1);
    await eventually(async () => expect(String(await server.command('PUBSUB', 'NUMSUB', 'jobs'))).toBe('jobs,1'));
    server.freeze();
    using begun = listenTo(realtime.streamEntries({ cluster, stream: Buffer.from('other'), after: '0' }));
    expect(['TIMEOUT', 'CLUSTER_UNAVAILABLE']).toContain(((await begun.failure) as Error & { code: string }).code);
    server.thaw();
    await server.command('XADD', 'jobs', '*', 'n', '2');
    await followed.until((events) => entries(events).length === 2);
    await worked.until((events) => entries(events).length === 2);
    await eventually(async () => {
      await server.command('PUBLISH', 'jobs', 'hello');
      expect(messages(heard.events).length).toBeGreaterThan(0);
    });
  });

  it('continue after a failover to a replica', async () => {
    await using valkeys = await startValkeyCluster({ shards: 2, replicas: 1 });
    await using realtime = realtimeOn(valkeys);
    const commands = await realtime.connections.commands(cluster);
    const send = (...args: [string, ...string[]]) => commands.send({ args, key: stream });
    await send('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
    await send('XADD', 'jobs', '*', 'n', '1');
    using heard = channel(realtime);
    using shardHeard = channel(realtime, true);
    using followed = tail(realtime);
    using worked = worker(realtime);
    await followed.until((events) => entries(events).length === 1);
    await worked.until((events) => entries(events).length === 1);
    await eventually(async () => {
      await send('PUBLISH', 'jobs', 'before');
      await send('SPUBLISH', 'jobs', 'before');
      expect(messages(heard.events).length).toBeGreaterThan(0);
      expect(messages(shardHeard.events).length).toBeGreaterThan(0);
    });
    const owns = await Promise.all(
      valkeys.primaries.map(async (primary) => String(await primary.command('DBSIZE')) === '1'),
    );
    const at = owns.indexOf(true);
    const replica = valkeys.replicas.find(({ follows }) => follows === at)!;
    await eventually(async () => expect(String(await replica.command('DBSIZE'))).toBe('1'));
    await valkeys.primaries[at]!.kill();
    await replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await eventually(() => send('XADD', 'jobs', '*', 'n', '2'));
    await followed.until((events) => entries(events).length === 2);
    await worked.until((events) => entries(events).length === 2);
    const before = { heard: messages(heard.events).length, shardHeard: messages(shardHeard.events).length };
    await eventually(async () => {
      await send('PUBLISH', 'jobs', 'after');
      await send('SPUBLISH', 'jobs', 'after');
      expect(messages(heard.events).length).toBeGreaterThan(before.heard);
      expect(messages(shardHeard.events).length).toBeGreaterThan(before.shardHeard);
    });
  });

  it('end with a clear error if access to the cluster is closed', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
    await server.command('XADD', 'jobs', '*', 'n', '1');
    using heard = channel(realtime);
    using followed = tail(realtime);
    using worked = worker(realtime);
    await followed.until((events) => events.length === 1);
    await worked.until((events) => events.length === 1);
    await realtime.connections.disconnect(cluster);
    for (const { failure } of [heard, followed, worked]) {
      expect(await failure).toMatchObject({ code: 'NOT_CONNECTED' });
    }
  });
});
