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

/** Temporary error replies. The connections have already retried for as long as a reply may take. */
const temporary = new Set([
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
  [/cluster support disabled/i, 'NOT_SUPPORTED'],
  [/requires the key to exist/i, 'NOT_FOUND'],
  [/^ERR no such key/i, 'NOT_FOUND'],
];

/** Converts an error reply to an expected failure or an outage. Returns other errors unchanged. */
export function expectedFailure(error: unknown, path?: readonly string[]): Error {
  if (!(error instanceof CommandError)) return asError(error);
  const { prefix, message } = error;
  if (prefix === 'NOGROUP') return noSuchGroup({ path, cause: error });
  if (temporary.has(prefix)) {
    // A redirect contains a node's address, which not every caller may see.
    const visible = prefix === 'MOVED' || prefix === 'ASK' ? 'its hash slot is moving' : message;
    const detail = `The cluster cannot execute this now: ${message}`;
    return new Outage('CLUSTER_UNAVAILABLE', `The cluster cannot execute this now: ${visible}`, {
      cause: error,
      detail,
    });
  }
  const known = codes.get(prefix) ?? errMessages.find(([pattern]) => pattern.test(message))?.[1];
  // The arguments of an unknown command are the caller's input, which is not repeated.
  const withoutArguments = message.replace(/^ERR /, '').replace(/, with args beginning with:.*$/s, '');
  const text = `Valkey refused this: ${withoutArguments}`;
  return new ExpectedFailure(known ?? 'INVALID_INPUT', text, { path, upstreamCode: prefix, cause: error });
}

/** The same failure for every command, and for a group that is missing in the list of groups. */
export function noSuchGroup(options: { readonly path?: readonly string[] | undefined; readonly cause?: unknown } = {}) {
  const text = 'The stream or consumer group does not exist: see `createConsumerGroup`.';
  return new ExpectedFailure('NOT_FOUND', text, { ...options, upstreamCode: 'NOGROUP' });
}

/** The failure of a mutation of a group's entries, with the path of the input field that it is about. */
export function groupFailure(error: unknown): Error {
  const isGroup = error instanceof CommandError && error.prefix === 'NOGROUP';
  return expectedFailure(error, ['input', isGroup ? 'group' : 'stream']);
}

/** The failure of a mutation of the element at an index of a list, with the path of the input field that it is about. */
export function listIndexFailure(error: unknown): Error {
  const isIndex = error instanceof CommandError && /index out of range/i.test(error.message);
  return expectedFailure(error, ['input', isIndex ? 'index' : 'key']);
}

/**
 * Sends one command for a use case.
 * @throws ExpectedFailure (at `path`) if Valkey refuses it; Outage
 */
export async function sendCommand(
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
