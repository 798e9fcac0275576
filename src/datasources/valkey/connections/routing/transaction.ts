import { CommandError } from '../../command-error.js';
import { unreachable } from '../nodes/connection-errors.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import type { Command, Reply } from '../../interfaces.js';

export type Attempt =
  /** EXEC executed all commands. Some of them may have failed. */
  | { readonly kind: 'executed'; readonly replies: readonly (Reply | CommandError)[] }
  | Refused
  /** Executed none of them, because a watched key has changed. */
  | { readonly kind: 'conflict' };

/** Valkey executed none of the commands: it refused one of them, the reading of an expected value, or the transaction itself. */
export interface Refused {
  readonly kind: 'refused';
  readonly error: CommandError;
  readonly command?: number | undefined;
  readonly expectation?: number | undefined;
}

/**
 * Runs commands between MULTI and EXEC. All are sent in one tick, so that no command of another request comes between them. `asking` is
 * set if ASK redirected to this node. One ASKING applies to all queued commands, and Valkey refuses the transaction if some of its keys
 * are not on this node.
 */
export async function runTransaction(
  connection: NodeConnection,
  commands: readonly Command['args'][],
  asking: boolean,
): Promise<Attempt> {
  const denied = await ifDenied(connection);
  if (denied) return { kind: 'refused', error: denied };
  const refused: Refused[] = [];
  const queue = (args: Command['args'], command: number): Promise<unknown> =>
    connection.send(args).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      refused.push({ kind: 'refused', error, command });
    });
  const opening = [
    ...(asking ? [connection.send(['ASKING'])] : []),
    connection.send(['MULTI']),
    ...commands.map(queue),
  ];
  const [, exec] = await Promise.allSettled([Promise.all(opening), connection.send(['EXEC'])]);
  if (exec.status === 'fulfilled') {
    if (!Array.isArray(exec.value)) return { kind: 'conflict' };
    return { kind: 'executed', replies: exec.value.map(replyOf) };
  }
  if (!(exec.reason instanceof CommandError)) throw exec.reason;
  return refused[0] ?? { kind: 'refused', error: reasonOf(exec.reason) };
}

/** Connections whose user may run MULTI and EXEC. */
const allowed = new WeakSet<NodeConnection>();

/**
 * Without MULTI, Valkey would execute the commands one by one; without EXEC, it would queue the commands of all later requests. An empty
 * transaction shows whether the ACL allows both.
 */
export async function ifDenied(connection: NodeConnection): Promise<CommandError | undefined> {
  if (allowed.has(connection)) return undefined;
  // DISCARD ends the transaction if EXEC is refused. Otherwise there is nothing to discard, which is an error.
  const [multi, exec] = await Promise.allSettled([
    connection.send(['MULTI']),
    connection.send(['EXEC']),
    connection.send(['DISCARD']),
  ]);
  const failed = [multi, exec].find((result) => result.status === 'rejected');
  if (!failed) {
    allowed.add(connection);
    return undefined;
  }
  if (failed.reason instanceof CommandError) return reasonOf(failed.reason);
  // Whatever was lost was empty.
  throw unreachable(endpointKey(connection.endpoint), failed.reason);
}

/** node-redis returns the errors of single commands among their replies. */
function replyOf(reply: Reply): Reply | CommandError {
  return reply instanceof Error ? new CommandError(reply.message) : reply;
}

/** The error because of which EXEC itself was refused, e.g. `READONLY …`. */
function reasonOf(error: CommandError): CommandError {
  const [, reason] = /^EXECABORT Transaction discarded because of: (.*)$/s.exec(error.message) ?? [];
  return reason === undefined ? error : new CommandError(reason);
}
