import { Outage } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { Command, ExpectedValue, Reply } from '../../interfaces.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import { runTransaction, type Attempt, type Refused } from './transaction.js';

export type WatchedAttempt =
  | Attempt
  /** An expectation does not hold. */
  | { readonly kind: 'unmet' };

/** Runs commands in a transaction if all expectations hold then. No other task may use the connection meanwhile. */
export async function runWatched(
  connection: NodeConnection,
  expected: readonly ExpectedValue[],
  commands: readonly Command['args'][],
  asking: boolean,
): Promise<WatchedAttempt> {
  try {
    const refused = await compare(connection, expected, asking);
    if (refused !== 'equal') {
      await endWatch(connection);
      return refused === 'different' ? { kind: 'unmet' } : refused;
    }
  } catch (reason) {
    if (reason instanceof Outage) return { kind: 'lost', reason };
    throw reason;
  }
  const attempt = await runTransaction(connection, commands, asking);
  // EXEC ends the watch, but MULTI may have been refused.
  if (attempt.kind === 'refused') await endWatch(connection);
  return attempt;
}

/** Otherwise, the keys stay watched until the connection ends. */
async function endWatch(connection: NodeConnection): Promise<void> {
  await connection.send(['UNWATCH']).catch(() => connection.close());
}

/** Watches all keys, then reads them. Valkey executes no transaction if one of them changes after that. */
async function compare(
  connection: NodeConnection,
  expected: readonly ExpectedValue[],
  asking: boolean,
): Promise<'equal' | 'different' | Refused> {
  const asked: Promise<Reply>[] = [];
  const send = (args: Command['args']): Promise<Reply> => {
    // It applies to the next command only. All are sent in one tick.
    if (asking) asked.push(connection.send(['ASKING']));
    return connection.send(args);
  };
  const watching = send(['WATCH', ...expected.map(({ key }) => key)]);
  const reading = expected.map(({ key, value }) => send([value ? 'GET' : 'EXISTS', key]));
  const [watched, read] = await Promise.all([Promise.allSettled([watching, ...asked]), Promise.allSettled(reading)]);
  for (const result of watched) {
    if (result.status === 'rejected') return refusedBy(result.reason, 0);
  }
  let isEqual = true;
  for (const [index, result] of read.entries()) {
    if (result.status === 'rejected') return refusedBy(result.reason, index);
    isEqual &&= holds(expected[index]?.value, result.value);
  }
  return isEqual ? 'equal' : 'different';
}

function refusedBy(reason: unknown, expectation: number): Refused {
  if (reason instanceof CommandError) return { kind: 'refused', error: reason, expectation };
  throw reason;
}

/** Without a value, the key must not exist. */
function holds(value: Buffer | undefined, reply: Reply): boolean {
  if (value === undefined) return reply === '0';
  return Buffer.isBuffer(reply) && reply.equals(value);
}
