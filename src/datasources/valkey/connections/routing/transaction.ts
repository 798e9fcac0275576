import type { Outage } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { Command, Reply } from '../../interfaces.js';
import { unreachable } from '../nodes/connection-errors.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import type { NodeConnection } from '../nodes/node-connection.js';

export type Attempt =
  /** EXEC executed all commands. Some of them may have failed. */
  | { readonly kind: 'executed'; readonly replies: readonly (Reply | CommandError)[] }
  | Refused
  /** Executed none of them, because a watched key has changed. */
  | { readonly kind: 'conflict' }
  /** The connection was lost before a command was sent. */
  | { readonly kind: 'lost'; readonly reason: Outage };

/** Valkey executed none of the commands: it refused one of them, the reading of an expected value, or the transaction itself. */
export interface Refused {
  readonly kind: 'refused';
  readonly error: CommandError;
  readonly command?: number | undefined;
  readonly expectation?: number | undefined;
}

/**
 * Runs commands between MULTI and EXEC, on a connection that no other task uses meanwhile. They are sent once Valkey has confirmed MULTI,
 * because without it, Valkey would execute them one by one: an ACL may deny MULTI at any time. If it denies EXEC, Valkey discards the
 * transaction. `asking` is set if ASK redirected to this node. One ASKING applies to all queued commands, and Valkey refuses the
 * transaction if some of its keys are not on this node.
 */
export async function runTransaction(
  connection: NodeConnection,
  commands: readonly Command['args'][],
  asking: boolean,
): Promise<Attempt> {
  const opening = [...(asking ? [connection.send(['ASKING'])] : []), connection.send(['MULTI'])];
  try {
    await Promise.all(opening);
  } catch (reason) {
    if (reason instanceof CommandError) return { kind: 'refused', error: reason };
    return { kind: 'lost', reason: unreachable(endpointKey(connection.endpoint), reason) };
  }
  const refused: Refused[] = [];
  const queue = (args: Command['args'], command: number): Promise<unknown> =>
    connection.send(args).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      refused.push({ kind: 'refused', error, command });
    });
  const [, exec] = await Promise.allSettled([Promise.all(commands.map(queue)), connection.send(['EXEC'])]);
  if (exec.status === 'fulfilled') {
    if (!Array.isArray(exec.value)) return { kind: 'conflict' };
    return { kind: 'executed', replies: exec.value.map(replyOf) };
  }
  if (!(exec.reason instanceof CommandError)) throw exec.reason;
  return refused[0] ?? { kind: 'refused', error: reasonOf(exec.reason) };
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
