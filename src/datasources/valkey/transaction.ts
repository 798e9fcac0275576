import { CommandError } from './command-error.js';
import type { NodeLink } from './node-link.js';
import type { Command, Reply } from './ports.js';

/**
 * Runs commands between MULTI and EXEC, all written in one turn so that nothing of another request comes between them.
 * Answers their replies, or the error for which Valkey has carried out none of them.
 */
export async function runTransaction(
  link: NodeLink,
  commands: readonly Command['args'][],
): Promise<Reply[] | CommandError> {
  const refused: CommandError[] = [];
  const queue = (args: Command['args']): Promise<unknown> =>
    link.send(args, (refusal) => {
      refused.push(refusal);
      return Promise.resolve(null);
    });
  const [, , exec] = await Promise.allSettled([
    link.send(['MULTI']),
    Promise.all(commands.map(queue)),
    link.send(['EXEC'], (refusal) => Promise.reject(refused[0] ?? refusal)),
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
