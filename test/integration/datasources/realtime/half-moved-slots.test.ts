import { describe, expect, it } from 'vitest';
import type { GroupRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { GroupDelivery, StreamDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const stream = Buffer.from('{s}log');
const tail = (realtime: TestRealtime, after: string) =>
  listenTo(realtime.streamEntries({ cluster: 'orders', stream, after }));
const group = { cluster: 'orders', stream, group: Buffer.from('workers') };
const read = (realtime: TestRealtime, consumer: string, more: Partial<GroupRequest> = {}) =>
  listenTo(
    realtime.groupEntries({
      ...group,
      consumer: Buffer.from(consumer),
      ack: 'MANUAL',
      maxInFlight: 64,
      claimIdleMs: 60_000,
      ...more,
    }),
  );
const ids = (events: readonly StreamDelivery[]) => events.flatMap(({ entries }) => entries.map(({ id }) => id));
const given = (events: readonly GroupDelivery[]) =>
  events.flatMap(({ entries }) => entries.map(({ entry }) => entry.id));
const commandsOn = (realtime: TestRealtime) => {
  return async (...args: [string, ...string[]]): Promise<unknown> => {
    const commands = await realtime.connections.commands('orders');
    return commands.send({ args, key: stream });
  };
};
const add = async (realtime: TestRealtime, ...entryIds: readonly string[]): Promise<void> => {
  for (const id of entryIds) await commandsOn(realtime)('XADD', String(stream), id, 'n', '1');
};

describe('A stream in a slot that is moving', () => {
  it('is read from the node to which it has moved, also after the whole slot has moved', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    await add(realtime, '1-1');
    using existing = tail(realtime, '0');
    await existing.until((events) => ids(events).length === 1);
    const moving = await beginToMove(cluster, String(stream));
    await moving.move(String(stream));
    await add(realtime, '2-1', '3-1');
    using opened = tail(realtime, '1-1');
    await opened.until((events) => ids(events).length === 2);
    await existing.until((events) => ids(events).length === 3);
    await add(realtime, '4-1');
    await opened.until((events) => ids(events).length === 3);
    await moving.finish();
    await add(realtime, '5-1');
    expect(ids(await existing.until((events) => ids(events).length === 5))).toEqual(
      [1, 2, 3, 4, 5].map((n) => `${n}-1`),
    );
    expect(ids(await opened.until((events) => ids(events).length === 4))).toEqual([2, 3, 4, 5].map((n) => `${n}-1`));
    expect([...existing.events, ...opened.events].flatMap(({ gap }) => gap ?? [])).toEqual([]);
  });

  it('that does not exist yet is read where it is created, and from the old node if the move is cancelled', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const moving = await beginToMove(cluster, String(stream));
    using listening = tail(realtime, '$');
    await eventually(async () => {
      expect(String(await moving.target.command('CLIENT', 'LIST'))).toMatch(/flags=b.* cmd=xread/);
    });
    await add(realtime, '1-1');
    await listening.until((events) => ids(events).length === 1);
    await moving.giveUp(String(stream));
    await add(realtime, '2-1');
    expect(ids(await listening.until((events) => ids(events).length === 2))).toEqual(['1-1', '2-1']);
  });

  it('delivers a group’s old, new and claimed entries to its consumers, and accepts their acknowledgements', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const send = commandsOn(realtime);
    await send('XGROUP', 'CREATE', String(stream), 'workers', '0', 'MKSTREAM');
    await add(realtime, '1-1', '2-1');
    await send('XREADGROUP', 'GROUP', 'workers', 'gone', 'COUNT', '1', 'STREAMS', String(stream), '>');
    using known = read(realtime, 'existing', { maxInFlight: 2 });
    await known.until((events) => given(events).length === 1);
    const moving = await beginToMove(cluster, String(stream));
    await moving.move(String(stream));
    await add(realtime, '3-1');
    await known.until((events) => given(events).includes('3-1'));
    await add(realtime, '4-1');
    using sending = read(realtime, 'sending', { ack: 'ON_SEND' });
    await sending.until((events) => given(events).includes('4-1'));
    using claiming = read(realtime, 'claiming', { claimIdleMs: 100 });
    await claiming.until((events) => given(events).includes('1-1'));
    // A consumer leaves by a script.
    known.subscription.close();
    await claiming.until((events) => given(events).includes('3-1'));
    await send('XACK', String(stream), 'workers', '1-1', '2-1', '3-1');
    const pending = (await send('XPENDING', String(stream), 'workers')) as unknown[];
    expect(String(pending[0])).toBe('0');
    await moving.finish();
    await add(realtime, '5-1');
    await eventually(() => expect([...given(sending.events), ...given(claiming.events)]).toContain('5-1'));
    for (const { events } of [known, sending, claiming]) expect(events.flatMap(({ gap }) => gap ?? [])).toEqual([]);
  });
});

describe('The presence of a channel in a slot that is moving', () => {
  const channel = Buffer.from('chat');
  const processes = 'cachegraph:presence:{chat}';
  const join = (realtime: TestRealtime, member: string) =>
    listenTo(
      realtime.channelMessages({
        cluster: 'orders',
        channels: [channel],
        patterns: [],
        sharded: false,
        overflow: 'DROP_OLDEST',
        presence: { member, data: null },
      }),
    );
  const membersAre = (realtime: TestRealtime, ...expected: readonly string[]) =>
    eventually(async () => {
      const { members } = await realtime.channelPresence({ cluster: 'orders', channel, sharded: false });
      expect(members.map(({ member }) => member)).toEqual(expected);
    });

  it.each([
    ['set of processes', (key: string) => key === processes],
    ['hash of one process', (key: string) => key !== processes],
  ])('is written and read whichever of its keys has moved: its %s', async (_, isMoved) => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster, {}, { presence: [{ pattern: 'chat' }], presenceTimeoutSeconds: 60 });
    using _ada = join(realtime, 'Ada');
    await membersAre(realtime, 'Ada');
    const moving = await beginToMove(cluster, processes);
    const keys = ((await moving.source.command('KEYS', 'cachegraph:presence:*')) as unknown as unknown[]).map(String);
    expect(keys).toHaveLength(2);
    await moving.move(...keys.filter(isMoved));

    const bob = join(realtime, 'Bob');
    await membersAre(realtime, 'Ada', 'Bob');
    bob.subscription.close();
    await membersAre(realtime, 'Ada');
    await moving.finish();
    using _eve = join(realtime, 'Eve');
    await membersAre(realtime, 'Ada', 'Eve');
  });
});
