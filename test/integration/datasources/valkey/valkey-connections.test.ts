import { describe, expect, it } from 'vitest';
import type { DataAccess } from '../../../../src/domain/cluster/data-access.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { blockThreeTimes } from '../../../helpers/run/block-event-loop.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const key = Buffer.from('k');

describe('the command connection', () => {
  it('connects on first use if no credentials are required, and returns replies without loss', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const commands = await connections.commands('Orders');
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

    await commands.send({ args: ['SET', all, all], key: all });
    expect(await commands.send({ args: ['GET', all], key: all })).toEqual(all);
    await commands.send({ args: ['SET', key, '9223372036854775806'], key });
    expect(await commands.send({ args: ['INCR', key], key })).toBe('9223372036854775807');
    await commands.send({ args: ['HSET', 'h', '__proto__', 'polluted'], key: Buffer.from('h') });
    expect(await commands.send({ args: ['HGETALL', 'h'], key: Buffer.from('h') })).toEqual([
      Buffer.from('__proto__'),
      Buffer.from('polluted'),
    ]);
    expect(connections.dataAccess('orders')).toMatchObject({ state: 'CONNECTED', username: null, tls: false });
    // No command is sent that only Redis supports.
    expect(await server.command('INFO', 'errorstats')).not.toContain('errorstat_');
  });

  it('connects although its process handles no event for longer than a connection may take', async () => {
    await using server = await startValkey();
    const limits = { connectMs: 200, replyMs: 200 };
    await using connections = connectionsTo(describeServer(server), { limits });
    const connecting = Promise.resolve(connections.commands('orders'));
    connecting.catch(() => undefined);
    await blockThreeTimes(400);
    const commands = await connecting;
    expect(await commands.send({ args: ['ECHO', 'back'] })).toEqual(Buffer.from('back'));
  });

  it('counts a node that asks for credentials as starting, if ElastiCache says that the cluster requires none', async () => {
    await using server = await startValkey({
      users: { default: 'off', alice: 'on >canary-secret-of-alice ~* &* +@all' },
    });
    const described = describeServer(server);
    await using managed = connectionsTo(described);
    await expect(managed.commands('orders')).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    await using configured = connectionsTo({ ...described, source: 'CONFIGURATION' });
    await expect(configured.commands('orders')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('requires connectCluster if the cluster has users', async () => {
    await using server = await startValkey({
      users: { default: 'off', alice: 'on >canary-secret-of-alice ~* &* +@all' },
    });
    await using connections = connectionsTo({ ...describeServer(server), userGroupIds: ['admins'] });

    await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await connections.connect('orders', { username: 'alice', password: 'canary-secret-of-alice' });
    const commands = await connections.commands('orders');
    expect(await commands.send({ args: ['ACL', 'WHOAMI'] })).toEqual(Buffer.from('alice'));
    await connections.disconnect('orders');
    await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('refuses a wrong password immediately, keeps the former access, and never repeats the password', async () => {
    await using server = await startValkey({
      users: { default: 'off', alice: 'on >canary-secret-of-alice ~* &* +@all' },
    });
    await using connections = connectionsTo(describeServer(server));
    await connections.connect('orders', { username: 'alice', password: 'canary-secret-of-alice' });

    const refusal = connections.connect('orders', { username: 'alice', password: 'canary-not-her-secret' });
    await expect(refusal).rejects.toMatchObject({ code: 'PERMISSION_DENIED', upstreamCode: 'WRONGPASS' });
    await expect(refusal).rejects.not.toThrow(/canary-not-her-secret/);
    const commands = await connections.commands('orders');
    expect(await commands.send({ args: ['PING'] })).toEqual(Buffer.from('PONG'));
    expect(JSON.stringify(connections.dataAccess('orders'))).not.toContain('secret');
  });

  it('rejects immediately with a typed error if nothing listens', async () => {
    const server = await startValkey();
    const description = describeServer(server);
    await server[Symbol.asyncDispose]();
    await using connections = connectionsTo(description);

    await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(connections.dataAccess('orders')).toMatchObject({ state: 'FAILED' });
  });

  it('rejects with a typed error while the server is frozen, and works again when it is back', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const commands = await connections.commands('orders');
    const states: DataAccess['state'][] = [];
    connections.onDataAccessChange(({ state }) => states.push(state));

    server.freeze();
    const read = commands.send({ args: ['GET', key], key });
    const write = commands.send({ args: ['SET', key, 'v'], key });
    await expect(read).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(write).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await expect(commands.send({ args: ['GET', key], key })).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    server.thaw();
    await eventually(() => commands.send({ args: ['GET', key], key }));
    await eventually(() => expect(states).toEqual(['RECONNECTING', 'CONNECTED']));
  });

  it('reconnects to a killed server when it is back', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const commands = await connections.commands('orders');

    await server.kill();
    await expect(eventually(() => commands.send({ args: ['GET', key], key }), 0)).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });
    await server.restart();
    expect(await eventually(() => commands.send({ args: ['GET', key], key }))).toBeNull();
  });

  it('never continues as another user after the password was changed', async () => {
    const users = { default: 'on nopass ~* &* +@all', alice: 'on >canary-secret-of-alice ~* &* +@all' };
    await using server = await startValkey({ users });
    await using connections = connectionsTo(describeServer(server));
    await connections.connect('orders', { username: 'alice', password: 'canary-secret-of-alice' });
    const commands = await connections.commands('orders');

    await server.command('ACL', 'SETUSER', 'alice', 'resetpass', '>canary-another-secret');
    await server.command('CLIENT', 'KILL', 'USER', 'alice');
    await eventually(() => expect(connections.dataAccess('orders').state).toBe('FAILED'));
    await expect(commands.send({ args: ['SET', key, 'v'], key })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      upstreamCode: 'WRONGPASS',
    });
    await connections.connect('orders', { username: 'alice', password: 'canary-another-secret' });
    const again = await connections.commands('orders');
    expect(await again.send({ args: ['ACL', 'WHOAMI'] })).toEqual(Buffer.from('alice'));
  });

  it('follows a failover without cluster mode, even if the old primary still runs', async () => {
    await using first = await startValkey();
    await using second = await startValkey();
    await second.command('REPLICAOF', first.host, String(first.port));
    await eventually(async () =>
      expect(String(await second.command('INFO', 'replication'))).toContain('link_status:up'),
    );
    let described = describeServer(first, [second]);
    await using connections = connectionsTo(() => described);
    const commands = await connections.commands('orders');

    await second.command('REPLICAOF', 'NO', 'ONE');
    await first.command('REPLICAOF', second.host, String(second.port));
    described = describeServer(second, [first]);
    await eventually(() => commands.send({ args: ['SET', key, 'after'], key }));
    expect(await second.command('GET', 'k')).toBe('after');
  });

  it('gives up a deleted cluster', async () => {
    await using server = await startValkey();
    let name = 'orders';
    await using connections = connectionsTo(() => ({ ...describeServer(server), name }));
    await connections.commands('orders');

    name = 'another';
    await server.kill();
    await eventually(() => expect(connections.dataAccess('orders').state).toBe('DISCONNECTED'));
    await expect(connections.commands('orders')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the command connection in cluster mode', () => {
  it('sends each command to the shard of its key, and orders shards by their lowest slot', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using connections = connectionsTo(describeCluster(cluster));
    const commands = await connections.commands('orders');
    const keys = Array.from({ length: 100 }, (_, index) => Buffer.from(`key-${index}`));

    await Promise.all(keys.map((name) => commands.send({ args: ['SET', name, name], key: name })));
    expect(await Promise.all(keys.map((name) => commands.send({ args: ['GET', name], key: name })))).toEqual(keys);
    expect(commands.primaries().map(({ firstSlot }) => firstSlot)).toEqual([0, 8192]);
    const counts = await Promise.all(commands.primaries().map((node) => node.send(['DBSIZE'])));
    expect(counts.map(Number).reduce((sum, count) => sum + count)).toBe(100);
    await expect(commands.send({ args: ['MGET', 'key-1', 'key-2'], key: Buffer.from('key-1') })).rejects.toMatchObject({
      prefix: 'CROSSSLOT',
    });
  });

  it('follows a slot while it moves and afterwards, without an error', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using connections = connectionsTo(describeCluster(cluster));
    const commands = await connections.commands('orders');
    const moving = Buffer.from('{k}');
    const slot = String(await cluster.primaries[0]!.command('CLUSTER', 'KEYSLOT', '{k}'));
    const home = Number(slot) < 8192 ? 0 : 1;
    const source = cluster.primaries[home]!;
    const target = cluster.primaries[1 - home]!;
    const [sourceId, targetId] = await Promise.all(
      [source, target].map(async (node) => String(await node.command('CLUSTER', 'MYID'))),
    );
    await target.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId!);
    await source.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId!);

    await commands.send({ args: ['SET', moving, 'asked'], key: moving });
    expect(await target.command('CLUSTER', 'COUNTKEYSINSLOT', slot)).toBe(1);
    for (const node of [target, source]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', targetId!);
    expect(await commands.send({ args: ['GET', moving], key: moving })).toEqual(Buffer.from('asked'));
  });

  it('delays a command with several keys until all of them have moved', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using connections = connectionsTo(describeCluster(cluster));
    const commands = await connections.commands('orders');
    const [one, two] = [Buffer.from('{k}1'), Buffer.from('{k}2')];
    for (const name of [one, two]) await commands.send({ args: ['SET', name, name], key: name });
    const moving = await beginToMove(cluster, '{k}');
    await moving.move('{k}1');
    const refusal = moving.source.command('MGET', '{k}1', '{k}2');
    await expect(refusal).rejects.toThrow('TRYAGAIN');

    const read = commands.send({ args: ['MGET', one, two], key: one });
    await moving.finish();
    expect(await read).toEqual([one, two]);
  });

  it('serves the other shards while one is frozen, also for new connections', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, args: ['--cluster-require-full-coverage', 'no'] });
    await using existing = connectionsTo(describeCluster(cluster));
    const commands = await existing.commands('orders');
    const slots = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => Number(await cluster.primaries[0]!.command('CLUSTER', 'KEYSLOT', name))),
    );
    const onLast = Buffer.from(['a', 'b', 'c'][slots.findIndex((slot) => slot >= 10_923)]!);
    const elsewhere = Buffer.from(['a', 'b', 'c'][slots.findIndex((slot) => slot < 10_923)]!);

    cluster.primaries[2]!.freeze();
    const read = commands.send({ args: ['GET', onLast], key: onLast });
    expect(await commands.send({ args: ['GET', elsewhere], key: elsewhere })).toBeNull();
    await expect(read).rejects.toMatchObject({ code: 'TIMEOUT' });
    await using late = connectionsTo(describeCluster(cluster));
    const lateCommands = await late.commands('orders');
    expect(await lateCommands.send({ args: ['GET', elsewhere], key: elsewhere })).toBeNull();
    await expect(lateCommands.send({ args: ['GET', onLast], key: onLast })).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });
    cluster.primaries[2]!.thaw();
    for (const each of [commands, lateCommands]) {
      await eventually(async () => expect(await each.send({ args: ['GET', onLast], key: onLast })).toBeNull());
    }
  });

  it('continues with the replica that replaced a killed primary', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1 });
    await using connections = connectionsTo(describeCluster(cluster));
    const commands = await connections.commands('orders');
    const [victim] = cluster.primaries;

    await victim!.kill();
    await eventually(async () => {
      for (const shard of [0, 1, 2]) {
        const name = Buffer.from(`{${['b', 'c', 'a'][shard]}}`);
        await commands.send({ args: ['SET', name, 'after'], key: name });
      }
      expect(connections.dataAccess('orders').state).toBe('CONNECTED');
    });
    expect(commands.primaries().map(({ endpoint }) => endpoint.port)).not.toContain(victim!.port);
  });
});
