import { argumentText } from '../../argument-text.js';
import { CommandError } from '../../command-error.js';
import { endpointKey } from '../../connections/nodes/endpoint-key.js';
import type { NodeLink, ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { factsOf, listOf, textOf } from '../../replies.js';

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

/** Finds whether the Valkey user of this API may read every key of some nodes, existing or not. That costs less than naming the keys. */
export interface EveryKeyCheck {
  /** Asks the node, unless it was asked before. The command leaves together with others of the same tick. */
  ask(this: void, node: ValkeyNode): void;
  /** False if a node cannot be asked, or if the answer is too complicated: the user may be able to read every key all the same. */
  holds(): Promise<boolean>;
}

export function createEveryKeyCheck(): EveryKeyCheck {
  const asked = new Map<string, Promise<boolean>>();
  return {
    ask(node) {
      const id = endpointKey(node.endpoint);
      if (!asked.has(id))
        asked.set(
          id,
          mayReadEveryKey(node).catch(() => false),
        );
    },
    holds: async () => (await Promise.all(asked.values())).every(Boolean),
  };
}

/** The user of each connection; null if it may not ask for its own rules, so that it does not ask in vain for each page. */
const users = new WeakMap<NodeLink, string | null>();

async function mayReadEveryKey(node: ValkeyNode): Promise<boolean> {
  const connection = await node.connection();
  const user =
    users.get(connection) ?? (users.has(connection) ? null : textOf(await connection.send(['ACL', 'WHOAMI'])));
  if (user === null) return false;
  users.set(connection, user);
  try {
    return coversEveryKey(factsOf(await connection.send(['ACL', 'GETUSER', user])));
  } catch (error) {
    if (error instanceof CommandError) users.set(connection, null);
    throw error;
  }
}

/** Whether the rules allow EXISTS for every key. Selectors and rules for categories of commands are not evaluated. */
function coversEveryKey(rules: ReturnType<typeof factsOf>): boolean {
  const keys = textOf(rules.get('keys')).split(' ');
  const [all, ...others] = textOf(rules.get('commands')).split(' ');
  return (
    ['~*', '%R~*', '%RW~*'].some((pattern) => keys.includes(pattern)) &&
    all === '+@all' &&
    others.every((rule) => /^[+-][^@]/.test(rule) && !rule.startsWith('-exists')) &&
    listOf(rules.get('selectors')).length === 0
  );
}
