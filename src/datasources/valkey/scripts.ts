import { createHash } from 'node:crypto';
import { CommandError } from './command-error.js';
import type { Argument, Command, Reply } from './interfaces.js';

/** A Lua script that Valkey runs as one command. */
export interface Script {
  readonly source: string;
  /** The name by which Valkey remembers the script. */
  readonly sha: string;
}

export function createScript(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/**
 * Runs a script by its name (EVALSHA), or by its source (EVAL) if the server does not know it yet or the user may not run EVALSHA. All
 * keys must belong to one hash slot.
 * @throws CommandError as if the script were a command: NOPERM also for a command that the script runs; Outage
 */
export async function runScript(
  send: (args: Command['args']) => Promise<Reply>,
  script: Script,
  keys: readonly Buffer[],
  args: readonly Argument[],
): Promise<Reply> {
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await send(['EVALSHA', script.sha, ...rest]).catch((cause: unknown) => {
      if (!isUnusable(cause)) throw cause;
      return send(['EVAL', script.source, ...rest]);
    });
  } catch (error) {
    throw withoutScript(error);
  }
}

/** Whether EVALSHA was refused before the script ran, for a reason that does not concern EVAL. */
function isUnusable(error: unknown): boolean {
  if (!(error instanceof CommandError)) return false;
  return error.prefix === 'NOSCRIPT' || /(?:run the|unknown command) 'evalsha'/i.test(error.message);
}

/** Whether Valkey refused EVAL itself, because of the user's ACL. */
export function isScriptDenied(error: unknown): boolean {
  return error instanceof CommandError && error.prefix === 'NOPERM' && /run the 'eval(?:sha)?'/i.test(error.message);
}

/** The error of a command in a script, as if it had been sent alone: the position in the script means nothing to callers. */
export function withoutScript(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const plain = error.message.replace(/ script: (?:[0-9a-f]{40}, )?on @user_script:\d+\.?$/, '');
  const message = plain.replace(/^ERR ACL failure in script: /, 'NOPERM ');
  return message === error.message ? error : new CommandError(message);
}
