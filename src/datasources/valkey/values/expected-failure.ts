import { ExpectedFailure, Outage, type UserErrorCode } from '../../../domain/errors.js';
import { asError } from '../../../runtime/errors.js';
import { CommandError } from '../command-error.js';
import type { Command, Reply, ValkeyCommands } from '../interfaces.js';

const codes: ReadonlyMap<string, UserErrorCode> = new Map([
  ['WRONGTYPE', 'WRONG_TYPE'],
  ['NOPERM', 'PERMISSION_DENIED'],
  ['OOM', 'OUT_OF_MEMORY'],
  ['CROSSSLOT', 'CROSS_SLOT'],
  ['BUSYGROUP', 'ALREADY_EXISTS'],
]);

/** What the cluster answers while it heals; the connections have waited for as long as they may. */
const passing = new Set([
  'TRYAGAIN',
  'LOADING',
  'CLUSTERDOWN',
  'READONLY',
  'MASTERDOWN',
  'BUSY',
  'MISCONF',
  'NOREPLICAS',
  'MOVED',
  'ASK',
]);

const errMessages: readonly (readonly [RegExp, UserErrorCode])[] = [
  [/^ERR unknown (?:sub)?command/i, 'NOT_SUPPORTED'],
  [/maxmemory policy/i, 'NOT_SUPPORTED'],
  [/requires the key to exist/i, 'NOT_FOUND'],
];

/** The one place where an error reply becomes a failure that callers can expect; other errors stay what they are. */
export function expectedFailure(error: unknown, path?: readonly string[]): Error {
  if (!(error instanceof CommandError)) return asError(error);
  const { prefix, message } = error;
  // Of a stream that does not exist XINFO says the latter, other commands the former.
  if (prefix === 'NOGROUP' || /^ERR no such key/i.test(message)) return noSuchGroup({ path, cause: error });
  if (passing.has(prefix)) {
    // A redirect names a node, which not everybody may see.
    const why = prefix === 'MOVED' || prefix === 'ASK' ? 'its hash slot is moving' : message;
    const detail = `The cluster cannot carry this out now: ${message}`;
    return new Outage('CLUSTER_UNAVAILABLE', `The cluster cannot carry this out now: ${why}`, { cause: error, detail });
  }
  const known = codes.get(prefix) ?? errMessages.find(([pattern]) => pattern.test(message))?.[1];
  // The arguments of a command that a server does not know are the caller's.
  const why = message.replace(/^ERR /, '').replace(/, with args beginning with:.*$/s, '');
  const text = `Valkey refused this: ${why}`;
  return new ExpectedFailure(known ?? 'INVALID_INPUT', text, { path, upstreamCode: prefix, cause: error });
}

/** The same whichever command has found out, or the list of groups. */
export function noSuchGroup(options: { readonly path?: readonly string[] | undefined; readonly cause?: unknown } = {}) {
  const text = 'There is no such stream or consumer group: see `createConsumerGroup`.';
  return new ExpectedFailure('NOT_FOUND', text, { ...options, upstreamCode: 'NOGROUP' });
}

/** The failure of a mutation of a group's entries, at the input field that names what is not there. */
export function groupFailure(error: unknown): Error {
  const isGroup = error instanceof CommandError && error.prefix === 'NOGROUP';
  return expectedFailure(error, ['input', isGroup ? 'group' : 'stream']);
}

/**
 * Sends one command for a use case.
 * @throws ExpectedFailure (at `path`) where Valkey refuses it; Outage
 */
export async function ask(
  commands: Pick<ValkeyCommands, 'send'>,
  command: Command,
  path?: readonly string[],
): Promise<Reply> {
  try {
    return await commands.send(command);
  } catch (error) {
    throw expectedFailure(error, path);
  }
}
