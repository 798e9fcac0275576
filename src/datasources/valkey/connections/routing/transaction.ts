import { CommandError } from '../../command-error.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import type { Command, Reply } from '../../interfaces.js';

/**
 * Runs commands between MULTI and EXEC. All are sent in one tick, so that no command of another request comes between them. Resolves to
 * their replies, or to the error because of which Valkey executed none of them. `asking` is set if ASK redirected to this node. One
 * ASKING applies to all queued commands, and Valkey refuses the transaction if some of its keys are not on this node.
 */
export async function runTransaction(
  connection: NodeConnection,
  commands: readonly Command['args'][],
  asking: boolean,
): Promise<Reply[] | CommandError> {
  const refused: CommandError[] = [];
  const queue = (args: Command['args']): Promise<unknown> =>
    connection.send(args).catch((cause: unknown) => {
      if (!(cause instanceof CommandError)) throw cause;
      refused.push(cause);
    });
  const opening = [
    ...(asking ? [connection.send(['ASKING'])] : []),
    connection.send(['MULTI']),
    ...commands.map(queue),
  ];
  const [, exec] = await Promise.allSettled([
    Promise.all(opening),
    connection.send(['EXEC']).catch((cause: unknown) => {
      throw cause instanceof CommandError ? (refused[0] ?? cause) : cause;
    }),
  ]);
  if (exec.status === 'fulfilled') return Array.isArray(exec.value) ? exec.value.map(unwrap) : [];
  if (exec.reason instanceof CommandError) return exec.reason;
  throw exec.reason;
}

/** node-redis returns the errors of single commands among their replies. */
function unwrap(reply: Reply): Reply {
  if (reply instanceof Error) throw new CommandError(reply.message);
  return reply;
}
