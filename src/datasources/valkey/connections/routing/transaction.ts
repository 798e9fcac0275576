import { CommandError } from '../../command-error.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import type { Command, Reply } from '../../interfaces.js';

/**
 * Runs commands between MULTI and EXEC, all written in one turn so that nothing of another request comes between them.
 * Answers their replies, or the error for which Valkey has carried out none of them. `asking` where the node was named by
 * ASK: it holds for all that is queued then, and Valkey refuses what only other keys of the transaction would be missing for.
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

/** node-redis hands the errors of single commands over among their replies. */
function unwrap(reply: Reply): Reply {
  if (reply instanceof Error) throw new CommandError(reply.message);
  return reply;
}
