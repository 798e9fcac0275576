import { expect, test } from 'vitest';
import { CommandError } from '../../../../../src/datasources/valkey/command-error.js';
import type { Command, Reply, ValkeyCommands } from '../../../../../src/datasources/valkey/interfaces.js';
import {
  deleteStringIfEquals,
  writeStringIfEquals,
} from '../../../../../src/datasources/valkey/values/string/conditional-string.js';

/** A server that answers each command as the test says. It records what it received. */
function serverThat(answer: (args: Command['args']) => Reply | Error) {
  const received: string[][] = [];
  const send = ({ args }: Command): Promise<Reply> => {
    received.push(args.map(String));
    const reply = answer(args);
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  };
  return { received, commands: { send } as ValkeyCommands };
}

const key = Buffer.from('k');
const write = { key, value: Buffer.from('new'), ifEquals: Buffer.from('old'), expiry: ['PX', '5'] };

test('IFEQ is used if the server has it; with GET, the previous value decides', async () => {
  for (const [reply, needsPrevious, expected] of [
    [Buffer.from('OK'), false, { applied: true, previous: null }],
    [null, false, { applied: false, previous: null }],
    [Buffer.from('old'), true, { applied: true, previous: Buffer.from('old') }],
    [Buffer.from('other'), true, { applied: false, previous: Buffer.from('other') }],
    [null, true, { applied: false, previous: null }],
  ] as const) {
    const { received, commands } = serverThat(() => reply);
    expect(await writeStringIfEquals(commands, { ...write, needsPrevious })).toEqual(expected);
    const get = needsPrevious ? ['GET'] : [];
    expect(received).toEqual([['SET', 'k', 'new', 'IFEQ', 'old', ...get, 'PX', '5']]);
  }
});

test('a server without IFEQ is asked for it once', async () => {
  const { received, commands } = serverThat(([name]) =>
    name === 'SET' ? new CommandError('ERR syntax error') : ['1', Buffer.from('old')],
  );
  for (let times = 0; times < 2; times += 1) {
    const written = await writeStringIfEquals(commands, { ...write, needsPrevious: true });
    expect(written).toEqual({ applied: true, previous: Buffer.from('old') });
  }
  expect(received.map(([name]) => name)).toEqual(['SET', 'EVALSHA', 'EVALSHA']);
});

test('a server without DELIFEQ is asked for it once; others delete by it', async () => {
  const old = serverThat(([name]) => (name === 'DELIFEQ' ? new CommandError("ERR unknown command 'DELIFEQ'") : '1'));
  expect(await deleteStringIfEquals(old.commands, key, write.ifEquals)).toBe(true);
  expect(await deleteStringIfEquals(old.commands, key, write.ifEquals)).toBe(true);
  expect(old.received.map(([name]) => name)).toEqual(['DELIFEQ', 'EVALSHA', 'EVALSHA']);
  const recent = serverThat(() => '0');
  expect(await deleteStringIfEquals(recent.commands, key, write.ifEquals)).toBe(false);
  expect(recent.received).toEqual([['DELIFEQ', 'k', 'old']]);
});
