import { expect, test } from 'vitest';
import type { Command, ReplyReceiver, ValkeyCommands } from '../../../../src/datasources/valkey/interfaces.js';
import { exportKeys } from '../../../../src/datasources/valkey/values/export/export-keys.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

/** The same commands, whose posted ones are reported before they are sent. */
function reporting(commands: ValkeyCommands, onPost: (command: Command) => void): ValkeyCommands {
  const post = (command: Command, receiver: ReplyReceiver): void => {
    onPost(command);
    commands.post(command, receiver);
  };
  return new Proxy(commands, {
    get(target, name): unknown {
      if (name === 'post') return post;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const everything = (format: 'LOGICAL' | 'DUMP') =>
  ({ cluster: 'orders', match: Buffer.from('*'), type: undefined, format }) as const;

const fill = "for at = 1, ARGV[1] do server.call(ARGV[2], 'k' .. at, string.rep('v', ARGV[3])) end";

test.each([
  ['strings as dumps', 'DUMP', 'SET', 'DUMP'],
  ['elements of lists', 'LOGICAL', 'RPUSH', 'LRANGE'],
] as const)('an export holds few large values at once: %s', async (_title, format, write, read) => {
  await using server = await startValkey();
  // Otherwise, dumps of equal bytes are small.
  await server.command('CONFIG', 'SET', 'rdbcompression', 'no');
  await server.command('EVAL', fill, '0', '60', write, '1000000');
  await using connections = connectionsTo(describeServer(server));
  let [sent, written, most] = [0, 0, 0];
  const commands = reporting(await connections.commands('orders'), ({ args }) => {
    if (args[0] !== read) return;
    sent += 1;
    most = Math.max(most, sent - written);
  });
  for await (const { keys } of exportKeys(commands, everything(format), () => true)) {
    written += keys;
  }
  expect(written).toBe(60);
  expect(sent).toBe(60);
  // A first batch of 16, and 8 more that are read while the first ones are written.
  expect(most).toBeLessThanOrEqual(24);
});

test('an export reads small values in larger and larger batches', async () => {
  await using server = await startValkey();
  await server.command('EVAL', fill, '0', '1000', 'SET', '10');
  await using connections = connectionsTo(describeServer(server));
  const commands = await connections.commands('orders');
  let pieces = 0;
  for await (const { keys } of exportKeys(commands, everything('LOGICAL'), () => true)) {
    if (keys > 0) pieces += 1;
  }
  expect(pieces).toBeLessThanOrEqual(12);
});
