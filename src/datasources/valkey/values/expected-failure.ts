import { ExpectedFailure, Outage, type UserErrorCode } from '../../../domain/errors.js';
import { asError } from '../../../runtime/errors.js';
import { CommandError } from '../command-error.js';
import type { Command, Reply, ValkeyCommands } from '../interfaces.js';
import { isScriptDenied } from '../scripts.js';

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

/** Error replies without a prefix of their own, with a text of ours for those whose own text says too little. */
const errMessages: readonly (readonly [pattern: RegExp, code: UserErrorCode, text?: string])[] = [
  [/maxmemory policy/i, 'NOT_SUPPORTED'],
  [/cluster support disabled/i, 'NOT_SUPPORTED'],
  [/requires the key to exist/i, 'NOT_FOUND'],
  [/^ERR no such key/i, 'NOT_FOUND', 'There is no key of this name.'],
  [
    /^ERR (?:hash )?value is not an integer/i,
    'INVALID_STATE',
    'Expected a value that is an integer of 64 bits as text, got another value. A decimal such as "1.0" can be added to other numbers.',
  ],
  [
    /^ERR (?:hash )?value is not a (?:valid )?float/i,
    'INVALID_STATE',
    'Expected a value that is a number, got another value.',
  ],
  [/would overflow/i, 'INVALID_INPUT', 'Expected a sum within 64 bits, -2^63 to 2^63 - 1, got a sum beyond.'],
  [/would produce nan or infinity/i, 'INVALID_INPUT', 'Expected a sum that is a finite number, got one that is not.'],
  [
    /^ERR (?:string exceeds maximum allowed size|bit offset is not an integer or out of range)/i,
    'INVALID_INPUT',
    'Expected a string within the size that Valkey allows (`proto-max-bulk-len`, 512 MB by default), got an offset beyond.',
  ],
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
  const command = unknownCommand(message);
  if (command !== undefined) return notSupported(command, { path, upstreamCode: prefix, cause: error });
  const [, errCode, text] = errMessages.find(([pattern]) => pattern.test(message)) ?? [];
  return new ExpectedFailure(
    codes.get(prefix) ?? errCode ?? 'INVALID_INPUT',
    text ?? `Valkey refused this: ${message.replace(/^ERR /, '')}`,
    { path, upstreamCode: prefix, cause: error },
  );
}

/** The failure of a command that the server does not have. Whether it has one is found by asking it, not by its version. */
function notSupported(
  command: string,
  options: {
    readonly path?: readonly string[] | undefined;
    readonly upstreamCode?: string;
    readonly cause?: unknown;
  } = {},
): ExpectedFailure {
  return new ExpectedFailure('NOT_SUPPORTED', `This cluster does not support the command ${command}.`, options);
}

/**
 * The command that the server does not have according to this error reply. The rest of the reply is the command's arguments, which are
 * the caller's input and not repeated.
 */
function unknownCommand(message: string): string | undefined {
  const [, command] = /^ERR unknown command [`']([\w.|-]+)/i.exec(message) ?? [];
  if (command !== undefined) return command.toUpperCase();
  const [, subcommand, container] =
    /^ERR unknown subcommand [`']([\w.|-]+).*?(?:Try (\w+) HELP)?\.?$/is.exec(message) ?? [];
  if (subcommand !== undefined) return [container, subcommand].filter(Boolean).join(' ').toUpperCase();
  return /^ERR unknown (?:sub)?command/i.test(message) ? 'that was sent' : undefined;
}

/** Whether an error reply says that the server does not have the command. */
export function isUnknownCommand(error: unknown): boolean {
  return error instanceof CommandError && unknownCommand(error.message) !== undefined;
}

/** Whether a command failed because the server does not have it. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof ExpectedFailure && error.code === 'NOT_SUPPORTED';
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

/** The failure of a script that replaces a command or several. */
export function scriptFailure(error: unknown, path?: readonly string[]): Error {
  if (!isScriptDenied(error)) return expectedFailure(error, path);
  const text = 'This needs a script on this cluster, but the Valkey user may not run EVAL: allow +eval and +evalsha.';
  return new ExpectedFailure('NOT_SUPPORTED', text, { path, upstreamCode: 'NOPERM', cause: error });
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
