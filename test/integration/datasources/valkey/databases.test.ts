import { describe, expect, it } from 'vitest';
import type { ValkeyConnections } from '../../../../src/datasources/valkey/interfaces.js';
import { keyspacePrefix } from '../../../../src/domain/realtime/key-event-channels.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const key = Buffer.from('greeting');

/** The databases that the connections have selected, without the test's own. */
async function selected(server: TestValkey): Promise<string[]> {
  const lines = String(await server.command('CLIENT', 'LIST')).split('\n');
  return lines.filter((line) => line.includes(' user=default ')).map((line) => /\bdb=(\d+)/.exec(line)?.[1] ?? '');
}

async function failureOf(connections: ValkeyConnections) {
  await expect(async () => await connections.commands('orders')).rejects.toThrow();
  return connections.dataAccess('orders');
}

describe('The database of a cluster', () => {
  it('is selected on connections for commands, blocking reads and subscriptions', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo({ ...describeServer(server), database: 3 });
    const commands = await connections.commands('orders');
    await using blocking = await connections.blocking('orders', key);
    const received: string[] = [];
    await using subscriber = await connections.subscriber('orders', {
      message: (_kind, channel, payload) => received.push(`${channel.toString()} ${payload.toString()}`),
      reconnected: () => undefined,
      refused: () => undefined,
    });
    await server.command('CONFIG', 'SET', 'notify-keyspace-events', 'KA');
    await subscriber.subscribe('pattern', [Buffer.from(`${keyspacePrefix(commands.database)}*`)]);

    expect(await selected(server)).toEqual(['3', '3', '3']);
    await commands.send({ args: ['RPUSH', key, 'hello'], key });
    expect(String(await blocking.send(['BLPOP', key, '1']))).toBe('greeting,hello');
    const events = ['rpush', 'lpop', 'del'].map((event) => `__keyspace@3__:greeting ${event}`);
    await eventually(() => expect(received).toEqual(events));
  });

  it('is selected again after the connections were lost', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo({ ...describeServer(server), database: 3 });
    const commands = await connections.commands('orders');
    await commands.send({ args: ['SET', key, 'in 3'], key });
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(async () => expect(String(await commands.send({ args: ['GET', key], key }))).toBe('in 3'));
    expect(await selected(server)).toEqual(['3']);
    await commands.transaction(key, [
      ['SET', key, 'still in 3'],
      ['PERSIST', key],
    ]);
    expect(String(await server.command('INFO', 'keyspace'))).toMatch(/db3:keys=1/);
    expect(String(await server.command('INFO', 'keyspace'))).not.toContain('db0');
  });

  it('0 needs no permission for SELECT', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -select' } });
    await using connections = connectionsTo(describeServer(server));
    const commands = await connections.commands('orders');
    expect(String(await commands.send({ args: ['PING'] }))).toBe('PONG');
  });

  it.each([
    ['that the server does not have', [], {}, 'NOT_SUPPORTED', /database 16: this server has fewer databases\. Change/],
    [
      'that the user may not select',
      ['--databases', '17'],
      { default: 'on nopass ~* &* +@all -select' },
      'PERMISSION_DENIED',
      /database 16: this user may not run SELECT\. Change/,
    ],
  ] as const)('%s is refused with the reason', async (_, args, users, code, reason) => {
    await using server = await startValkey({ args, users });
    await using connections = connectionsTo({ ...describeServer(server), database: 16 });
    await expect(async () => await connections.commands('orders')).rejects.toMatchObject({ code });
    expect(await failureOf(connections)).toMatchObject({ state: 'FAILED', error: expect.stringMatching(reason) });
  });

  it('is refused in cluster mode unless the server has several there', async () => {
    await using cluster = await startValkeyCluster();
    await using connections = connectionsTo({ ...describeCluster(cluster), database: 3 });
    await expect(async () => await connections.commands('orders')).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    const { state, error } = await failureOf(connections);
    expect(state).toBe('FAILED');
    // Valkey 9 may have several databases in cluster mode, by default one.
    const reason = 'this server has (only database 0 in cluster mode|fewer databases)';
    expect(error).toMatch(new RegExp(`^Valkey refused to select database 3: ${reason}. Change .database.`));
  });

  it('is selected in cluster mode if the server has it, from Valkey 9 on', async () => {
    await using one = await startValkey();
    const setting = String(await one.command('CONFIG', 'GET', 'cluster-databases'));
    const start = startValkeyCluster({ args: ['--cluster-databases', '4'] });
    if (setting === '') {
      // Earlier versions do not start with the setting.
      await expect(start).rejects.toThrow('cluster-databases');
      return;
    }
    await using cluster = await start;
    await using connections = connectionsTo({ ...describeCluster(cluster), database: 3 });
    const commands = await connections.commands('orders');
    const keys = ['a', 'b', 'c'].map((name) => Buffer.from(name));
    for (const name of keys) await commands.send({ args: ['SET', name, 'v'], key: name });
    const keyspaces = await Promise.all(cluster.primaries.map((node) => node.command('INFO', 'keyspace')));
    expect(keyspaces.map(String).join('')).toMatch(/db3:keys=[\s\S]*db3:keys=/);
    expect(keyspaces.map(String).join('')).not.toContain('db0');
  });
});
