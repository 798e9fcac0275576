import { expect, test } from 'vitest';
import { CommandError } from '../../../../../src/datasources/valkey/command-error.js';
import type { Reply, ValkeyCommands } from '../../../../../src/datasources/valkey/interfaces.js';
import { writeFieldExpiry } from '../../../../../src/datasources/valkey/values/hash/field-expiry.js';
import { readField, withExpiries } from '../../../../../src/datasources/valkey/values/hash/hash.js';

const name = Buffer.from('h');
const field = (text: string) => ({ name: Buffer.from(text), value: Buffer.from('v') });

/** A server with these replies by the name of the command. */
const answering = (replies: Readonly<Record<string, Reply | Error>>): ValkeyCommands =>
  ({
    send: ({ args: [command] }: { args: readonly [string] }) => {
      const reply = replies[command] ?? null;
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
    transaction: (_key: Buffer, commands: readonly (readonly [string])[]) =>
      Promise.resolve(commands.map(([command]) => replies[command])),
  }) as unknown as ValkeyCommands;

test('a field that is gone before its expiry is read is absent', async () => {
  const commands = answering({ HGET: Buffer.from('v'), HPTTL: ['-2'], HPEXPIRETIME: ['5'] });
  expect(await readField({ commands, name }, Buffer.from('a'), ['ttl'])).toBeNull();
  expect(await readField({ commands, name }, Buffer.from('a'), ['expiresAt', 'ttl'])).toBeNull();
  expect(await readField({ commands, name }, Buffer.from('a'), ['expiresAt'])).toMatchObject({
    expiry: { expiresAt: 5 },
  });
  const some = answering({ HPTTL: ['1', '-2', '-1'] });
  expect(await withExpiries({ commands: some, name }, ['a', 'b', 'c'].map(field), ['ttl'])).toEqual([
    { ...field('a'), expiry: { ttl: 1 } },
    { ...field('c'), expiry: { ttl: null } },
  ]);
});

test('fields of a hash that is gone meanwhile are absent, also if the engine answers null', async () => {
  const commands = answering({ HPTTL: null });
  expect(await withExpiries({ commands, name }, ['a', 'b'].map(field), ['ttl'])).toEqual([]);
});

test('a reason why the expiry cannot be read belongs to the field', async () => {
  const commands = answering({
    HPTTL: new CommandError('NOPERM no'),
    HPEXPIRETIME: new CommandError("ERR unknown command 'x'"),
  });
  const [found] = await withExpiries({ commands, name }, [field('a')], ['ttl', 'expiresAt']);
  expect(found).toMatchObject({ expiry: { ttl: { code: 'PERMISSION_DENIED' }, expiresAt: null } });
});

test('a refusal that arrives as an element of a list is a refusal', async () => {
  const commands = answering({ HPERSIST: [new Error('WRONGTYPE wrong') as unknown as Reply] });
  await expect(writeFieldExpiry(commands, name, [Buffer.from('a')], { kind: 'never' })).rejects.toMatchObject({
    ...{ code: 'WRONG_TYPE', inputPath: ['input', 'key'] },
  });
});
