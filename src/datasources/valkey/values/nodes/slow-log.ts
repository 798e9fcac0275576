import { ExpectedFailure } from '../../../../domain/errors.js';
import { printable } from '../../../../runtime/printable.js';
import { CommandError } from '../../command-error.js';
import type { Reply, ReachableNode } from '../../interfaces.js';
import { bytesOf, listOf, numberOf } from '../../replies.js';
import { expectedFailure, isUnknownCommand } from '../expected-failure.js';
import { askNode } from './ask-node.js';
import { redactArguments } from './redacted-arguments.js';

export type SlowLogKind = 'SLOW' | 'LARGE_REQUEST' | 'LARGE_REPLY';

/** A command that was slow, or had a large request or reply. */
export interface SlowLogEntry {
  /** The ID of the entry, which increases within one kind on one node. */
  readonly sequence: number;
  readonly at: Date;
  /** Null for large requests and replies. */
  readonly durationMicroseconds: number | null;
  /** Bytes of a large request or reply; null for slow commands. */
  readonly sizeBytes: number | null;
  readonly arguments: readonly string[];
  readonly client: string | null;
  readonly clientName: string | null;
}

const names = { SLOW: 'slow', LARGE_REQUEST: 'large-request', LARGE_REPLY: 'large-reply' } as const;

/**
 * Reads the newest entries: COMMANDLOG GET, or SLOWLOG GET if the server has no COMMANDLOG.
 * @throws ExpectedFailure PERMISSION_DENIED, NOT_SUPPORTED; Outage
 */
export async function readSlowLog(
  node: ReachableNode,
  kind: SlowLogKind,
  count: number,
): Promise<readonly SlowLogEntry[]> {
  const reply = await send(
    node,
    kind,
    (log) => (log === 'COMMANDLOG' ? [String(count), names[kind]] : [String(count)]),
    'GET',
  );
  return listOf(reply).map((entry) => entryOf(entry, kind));
}

/**
 * Deletes all entries of one kind on the node.
 * @throws as `readSlowLog`, at `path`
 */
export async function resetSlowLog(node: ReachableNode, kind: SlowLogKind, path: readonly string[]): Promise<void> {
  await send(node, kind, (log) => (log === 'COMMANDLOG' ? [names[kind]] : []), 'RESET', path);
}

/** Connections to servers that have no COMMANDLOG. A server may be upgraded, but not while a connection is open. */
const withoutCommandLog = new WeakSet<object>();

async function send(
  node: ReachableNode,
  kind: SlowLogKind,
  argsFor: (log: 'COMMANDLOG' | 'SLOWLOG') => readonly string[],
  subcommand: 'GET' | 'RESET',
  path?: readonly string[],
): Promise<Reply> {
  const connection = await node.connection();
  if (!withoutCommandLog.has(connection)) {
    try {
      return await node.send(['COMMANDLOG', subcommand, ...argsFor('COMMANDLOG')]);
    } catch (error) {
      if (isUnknownCommand(error)) withoutCommandLog.add(connection);
      // An ACL that was written for an earlier version may allow SLOWLOG only.
      else if (kind !== 'SLOW' || !isDenied(error)) throw expectedFailure(error, path);
    }
  }
  if (kind === 'SLOW') return await askNode(node, ['SLOWLOG', subcommand, ...argsFor('SLOWLOG')], path);
  const message = 'The server does not log large requests and replies: it has no COMMANDLOG (Valkey 8.1).';
  throw new ExpectedFailure('NOT_SUPPORTED', message, { path, upstreamCode: 'ERR' });
}

function isDenied(error: unknown): boolean {
  return error instanceof CommandError && error.prefix === 'NOPERM';
}

function entryOf(reply: Reply, kind: SlowLogKind): SlowLogEntry {
  const [id, seconds, amount, args, client, clientName] = listOf(reply);
  return {
    sequence: numberOf(id),
    at: new Date(numberOf(seconds) * 1000),
    durationMicroseconds: kind === 'SLOW' ? numberOf(amount) : null,
    sizeBytes: kind === 'SLOW' ? null : numberOf(amount),
    arguments: redactArguments(listOf(args).map((arg) => printable(bytesOf(arg)))),
    client: shown(client),
    clientName: shown(clientName),
  };
}

/** Null if it is empty, or absent as before Redis 4. */
function shown(reply: Reply | undefined): string | null {
  return Buffer.isBuffer(reply) && reply.length > 0 ? printable(reply) : null;
}
