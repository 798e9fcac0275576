import { setImmediate } from 'node:timers/promises';
import calculateSlot from 'cluster-key-slot';
import { describe, expect, it } from 'vitest';
import { publish } from '../../../../src/datasources/valkey/values/channels/channels.js';
import type { ChannelDelivery } from '../../../../src/domain/realtime/delivery.js';
import { streamEntries } from '../../../../src/datasources/valkey/values/streams/stream-entries.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const channelSettings = { history: [{ pattern: 'chat', maxMessages: 10_000 }] };
const channel = Buffer.from('chat');
const slot = String(calculateSlot(channel));

/** Two listeners, one of them to a sharded channel, and a writer to both channels that continues despite errors until it is stopped. */
function underLoad(realtime: TestRealtime, other: TestRealtime) {
  const listeners = [false, true].map((sharded) => {
    const common = { cluster: 'orders', channels: [channel], patterns: [], overflow: 'DROP_OLDEST' } as const;
    return { sharded, heard: listenTo(realtime.channelMessages({ ...common, sharded, history: { last: 5 } })) };
  });
  let isOver = false;
  const written = [0, 0];
  const write = async (sharded: boolean): Promise<string> => {
    const commands = await other.connections.commands('orders');
    const history = other.history({ cluster: 'orders', channel, sharded });
    for (let at = 0; ; at += 1) {
      // After an outage, the message may or may not have been written. The stream decides.
      const sent = publish(commands, { channel, payload: Buffer.from(String(at)), sharded }, history);
      const { cursor } = await sent.catch(() => ({ cursor: undefined }));
      if (cursor === undefined) await setImmediate();
      else written[Number(sharded)]! += 1;
      if (isOver && cursor !== undefined) return cursor;
    }
  };
  const writing = Promise.all(listeners.map(({ sharded }) => write(sharded)));
  const check = async (): Promise<void> => {
    isOver = true;
    const last = await writing;
    const commands = await other.connections.commands('orders');
    for (const [at, { sharded, heard }] of listeners.entries()) {
      await heard.until(() => cursors(heard).includes(last[at]));
      const { stream } = other.history({ cluster: 'orders', channel, sharded })!;
      const existing = streamEntries(await commands.send({ args: ['XRANGE', stream, '-', '+'], key: stream }));
      const ids = new Set(existing.map(({ id }) => id));
      const seen = cursors(heard);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).not.toContain(undefined);
      // A message that was lost with its primary may have been delivered before.
      expect(seen.filter((id) => ids.has(id!))).toEqual(existing.map(({ id }) => id));
      heard.subscription.close();
    }
  };
  const hears = (more: number) =>
    Promise.all(
      listeners.map(({ heard }) => {
        const before = cursors(heard).length;
        return heard.until(() => cursors(heard).length > before + more);
      }),
    );
  const writes = (more: number) => {
    const before = [...written];
    return eventually(() => {
      for (const [at, count] of written.entries()) expect(count).toBeGreaterThan(before[at]! + more);
    });
  };
  return { hears, writes, check };
}
const cursors = ({ events }: Listening<ChannelDelivery>) =>
  events.flatMap(({ messages }) => messages.map(({ cursor }) => cursor));

describe('Channels with a history', () => {
  it('lose and repeat no stored message if their primary is killed under load', { timeout: 60_000 }, async () => {
    await using cluster = await startValkeyCluster({ shards: 2, replicas: 1 });
    await using realtime = realtimeOn(cluster, {}, channelSettings);
    await using other = realtimeOn(cluster, {}, channelSettings);
    const load = underLoad(realtime, other);
    await load.hears(50);
    const own = calculateSlot(channel) < 8192 ? 0 : 1;
    await cluster.primaries[own]!.kill();
    await cluster.replicas.find(({ follows }) => follows === own)!.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await load.hears(50);
    await load.check();
  });

  it('lose and repeat nothing while their slot moves under load', { timeout: 60_000 }, async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster, {}, channelSettings);
    await using other = realtimeOn(cluster, {}, channelSettings);
    const load = underLoad(realtime, other);
    await load.hears(50);
    const own = calculateSlot(channel) < 8192 ? 0 : 1;
    const [source, target] = [cluster.primaries[own]!, cluster.primaries[1 - own]!];
    const [sourceId, targetId] = await Promise.all(
      [source, target].map(async (node) => String(await node.command('CLUSTER', 'MYID'))),
    );
    await target.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId!);
    await source.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId!);
    const keys = ['cachegraph:history:{chat}', 'cachegraph:sharded-history:{chat}'];
    const credentials = ['AUTH2', 'test-administrator', 'canary-test-administrator'];
    for (const key of keys) {
      await source.command('MIGRATE', target.host, String(target.port), key, '0', '5000', ...credentials);
      // Subscribers of a sharded channel stay on the old node. They receive these messages once the slot has moved.
      await load.writes(20);
    }
    for (const node of [target, source]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', targetId!);
    await eventually(async () => expect(String(await source.command('CLUSTER', 'COUNTKEYSINSLOT', slot))).toBe('0'));
    await load.hears(50);
    await load.check();
  });
});
