import { CommandError } from '../../command-error.js';
import { createScript, runScript } from '../../scripts.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { bytesOrNull, listOf, numberOf } from '../../replies.js';
import { isUnknownCommand, scriptFailure } from '../expected-failure.js';

/** KEYS: key; ARGV: expected value, new value, options of SET. Returns whether it was set, and the previous value. */
const setIfEquals = createScript(`
local previous = redis.call('GET', KEYS[1])
if previous ~= ARGV[1] then return {0, previous} end
redis.call('SET', KEYS[1], unpack(ARGV, 2))
return {1, previous}
`);

/** KEYS: key; ARGV: expected value. Returns whether the key was deleted. */
const deleteIfEquals = createScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])
`);

/** ARGV as `setIfEquals`. Replies like SET: OK, or null if the value is another one. */
const setIfEqualsSource = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
return redis.call('SET', KEYS[1], unpack(ARGV, 2))
`;

export interface ConditionalWrite {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly ifEquals: Buffer;
  /** Options of SET for the expiry. */
  readonly expiry: readonly string[];
  readonly needsPrevious: boolean;
}

/** Clusters whose SET has no IFEQ, which is new in Valkey 8.1. */
const withoutIfEqual = new WeakSet<ValkeyCommands>();
const withoutDeleteIfEqual = new WeakSet<ValkeyCommands>();

/**
 * Sets a string if it has the expected value. A key of another type is refused.
 * @throws ExpectedFailure WRONG_TYPE, NOT_SUPPORTED if neither IFEQ nor scripts are available; Outage
 */
export async function writeStringIfEquals(
  commands: ValkeyCommands,
  { key, value, ifEquals, expiry, needsPrevious }: ConditionalWrite,
): Promise<{ applied: boolean; previous: Buffer | null }> {
  const options = ['IFEQ', ifEquals, ...(needsPrevious ? ['GET'] : []), ...expiry];
  const byCommand = async () => {
    const reply = bytesOrNull(await commands.send({ args: ['SET', key, value, ...options], key }));
    if (!needsPrevious) return { applied: reply !== null, previous: null };
    // With GET, the reply is the previous value, whether or not it was replaced.
    return { applied: reply?.equals(ifEquals) ?? false, previous: reply };
  };
  const byScript = async () => {
    const [applied, previous] = listOf(await run(commands, setIfEquals, key, [ifEquals, value, ...expiry]));
    return { applied: numberOf(applied) === 1, previous: bytesOrNull(previous) };
  };
  return await firstSupported(withoutIfEqual, commands, byCommand, byScript);
}

/**
 * Resolves to whether the key had the expected value and was deleted. A key of another type is refused.
 * @throws ExpectedFailure WRONG_TYPE, NOT_SUPPORTED if neither DELIFEQ nor scripts are available; Outage
 */
export async function deleteStringIfEquals(commands: ValkeyCommands, key: Buffer, expected: Buffer): Promise<boolean> {
  const byCommand = async () => numberOf(await commands.send({ args: ['DELIFEQ', key, expected], key })) === 1;
  const byScript = async () => numberOf(await run(commands, deleteIfEquals, key, [expected])) === 1;
  return await firstSupported(withoutDeleteIfEqual, commands, byCommand, byScript);
}

/** The write as one command of a transaction. A refused IFEQ would be an error in the middle of it, so this is always a script. */
export function conditionalSetCommand({ key, value, ifEquals, expiry }: ConditionalWrite): Command['args'] {
  return ['EVAL', setIfEqualsSource, '1', key, ifEquals, value, ...expiry];
}

function run(
  commands: ValkeyCommands,
  script: Parameters<typeof runScript>[1],
  key: Buffer,
  args: Parameters<typeof runScript>[3],
): Promise<Reply> {
  return runScript((sent) => commands.send({ args: sent, key }), script, [key], args);
}

/** The result of a command, or of the script that replaces it on servers without it. */
async function firstSupported<Result>(
  without: WeakSet<ValkeyCommands>,
  commands: ValkeyCommands,
  byCommand: () => Promise<Result>,
  byScript: () => Promise<Result>,
): Promise<Result> {
  try {
    if (without.has(commands)) return await byScript();
    return await byCommand().catch((cause: unknown) => {
      if (!isUnknownCommand(cause) && !isSyntaxError(cause)) throw cause;
      without.add(commands);
      return byScript();
    });
  } catch (error) {
    throw scriptFailure(error, ['input', 'key']);
  }
}

/** A server refuses an option that it does not know. */
function isSyntaxError(error: unknown): boolean {
  return error instanceof CommandError && /^ERR syntax error/i.test(error.message);
}
