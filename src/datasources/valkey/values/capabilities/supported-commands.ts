import { CommandError } from '../../command-error.js';
import type { Reply, ValkeyCommands } from '../../interfaces.js';
import { listOf, numberOf, textOf } from '../../replies.js';
import { sendCommand } from '../expected-failure.js';

/** Finds out which commands the engine has and the connected user may run. */
export interface SupportedCommands {
  /**
   * In the order of the names, which are in the form of COMMAND INFO. A container such as CONFIG is supported if one of its subcommands
   * is.
   * @throws ExpectedFailure PERMISSION_DENIED if the user may not run COMMAND INFO; Outage
   */
  has(this: void, names: readonly string[]): Promise<boolean[]>;
}

/**
 * For one request: modules and the ACL may change at any time, and no message says so. If the user may not ask the ACL about itself
 * (ACL WHOAMI, ACL DRYRUN), every command that the engine has counts as supported.
 */
export function createSupportedCommands(commands: Pick<ValkeyCommands, 'send'>): SupportedCommands {
  let user: Promise<Reply | undefined> | undefined;
  const permissions = new Map<string, Promise<boolean>>();
  /** Asked once for each command, however often a request names it. */
  const isPermitted = (command: KnownCommand): Promise<boolean> => {
    const name = command.words.join('|');
    const known = permissions.get(name) ?? askPermission(command);
    permissions.set(name, known);
    return known;
  };
  const askPermission = async ({ words, arity }: KnownCommand): Promise<boolean> => {
    const name = await (user ??= ifAnswered(commands.send({ args: ['ACL', 'WHOAMI'] })));
    if (!Buffer.isBuffer(name)) return true;
    // The dry run refuses too few arguments. Refused keys and channels do not matter here.
    const padding = Array.from({ length: Math.max(Math.abs(arity) - words.length, 0) }, () => 'x');
    const reply = await ifAnswered(commands.send({ args: ['ACL', 'DRYRUN', name, ...words, ...padding] }));
    return reply === undefined || !/no permissions to run the/i.test(textOf(reply));
  };
  return {
    async has(names) {
      if (names.length === 0) return [];
      const infos = listOf(await sendCommand(commands, { args: ['COMMAND', 'INFO', ...names] }));
      return await Promise.all(
        names.map(async (_, at) => {
          const permitted = await Promise.all(runnable(infos[at] ?? null).map(isPermitted));
          return permitted.includes(true);
        }),
      );
    },
  };
}

interface KnownCommand {
  /** `['config', 'get']` */
  readonly words: readonly string[];
  /** The number of words and arguments, negative if it is the least. */
  readonly arity: number;
}

const subcommandsAt = 9;

/** A command, or the subcommands of a container; empty for a command that the engine does not have. */
function runnable(info: Reply): readonly KnownCommand[] {
  if (info === null) return [];
  const facts = listOf(info);
  const subcommands = facts[subcommandsAt];
  if (Array.isArray(subcommands) && subcommands.length > 0) return subcommands.flatMap(runnable);
  return [{ words: textOf(facts[0]).split('|'), arity: numberOf(facts[1]) }];
}

/** Undefined if the server refuses the question. */
async function ifAnswered(reply: Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await reply;
  } catch (cause) {
    if (cause instanceof CommandError) return undefined;
    throw cause;
  }
}
