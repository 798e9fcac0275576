import { argumentText } from '../../argument-text.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { textOf } from '../../replies.js';

/**
 * Whether the Valkey user of this API may read all of these keys. SCAN lists the names of all keys, whichever the user may read.
 * False if that cannot be found by one command.
 */
export async function mayReadAll(commands: ValkeyCommands, names: readonly Buffer[]): Promise<boolean> {
  const [first] = names;
  if (!first) return true;
  const texts = names.map(argumentText);
  try {
    if (!commands.isClustered) {
      await commands.send({ args: ['EXISTS', ...texts], key: first });
      return true;
    }
    // The keys of one command must have one slot, unless the command is only checked.
    const user = textOf(await commands.send({ args: ['ACL', 'WHOAMI'], key: first }));
    const reply = await commands.send({ args: ['ACL', 'DRYRUN', user, 'EXISTS', ...texts], key: first });
    return textOf(reply) === 'OK';
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
