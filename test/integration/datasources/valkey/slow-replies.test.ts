import { describe, expect, it } from 'vitest';
import type { DataAccess } from '../../../../src/domain/cluster/data-access.js';
import { defaultLimits } from '../../../../src/datasources/valkey/connections/limits.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { startTcpProxy } from '../../../helpers/valkey/tcp-proxy.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const MiB = 1024 * 1024;
const key = Buffer.from('large');
const value = Buffer.alloc(24 * MiB, 'v');

/** A server behind a network that takes twice as long for `value` as a node may be silent. */
async function startDistantServer() {
  const server = await startValkey();
  const network = await startTcpProxy(server);
  const connections = connectionsTo(describeServer({ host: network.host, port: network.port }));
  const states: DataAccess['state'][] = [];
  connections.onDataAccessChange(({ state }) => states.push(state));
  const commands = await connections.commands('orders');
  return {
    server,
    network,
    commands,
    states,
    slowDown: () => network.slowTo((value.length / defaultLimits.replyMs / 2) * 1000),
    async [Symbol.asyncDispose]() {
      await connections.close();
      await network[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('a connection', () => {
  it('stays open while a large reply arrives slowly, and answers the commands behind it', async () => {
    await using distant = await startDistantServer();
    const { commands, states } = distant;
    await commands.send({ args: ['SET', key, value], key });
    distant.slowDown();
    const large = commands.send({ args: ['GET', key], key });
    const behind = commands.send({ args: ['STRLEN', key], key });
    expect(value.equals((await large) as Buffer)).toBe(true);
    expect(await behind).toBe(String(value.length));
    expect(states).toEqual(['CONNECTED']);
  });

  it('stays open while the network accepts a large value slowly', async () => {
    await using distant = await startDistantServer();
    const { commands, states } = distant;
    distant.slowDown();
    await commands.send({ args: ['SET', key, value], key });
    expect(await commands.send({ args: ['STRLEN', key], key })).toBe(String(value.length));
    expect(states).toEqual(['CONNECTED']);
  });

  it.each([
    ['in the middle of a large reply', 'GET', 'TIMEOUT'],
    ['while it receives a large value', 'SET', 'UNKNOWN_OUTCOME'],
  ] as const)('is lost if the network breaks %s', async (_when, name, code) => {
    await using distant = await startDistantServer();
    const { commands, states } = distant;
    await commands.send({ args: ['SET', key, value], key });
    distant.slowDown();
    const large = commands.send(name === 'GET' ? { args: [name, key], key } : { args: [name, key, value], key });
    const outcome = expect(large).rejects.toMatchObject({ code });
    const { passed } = distant.network;
    await eventually(() => expect(distant.network.passed).toBeGreaterThan(passed + MiB));
    distant.network.swallow();
    await outcome;
    expect(states.slice(0, 2)).toEqual(['CONNECTED', 'RECONNECTING']);
  });
});
