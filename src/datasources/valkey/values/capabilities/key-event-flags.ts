import { keyEventsParameter } from '../../../../domain/cluster/key-event-flags.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { factsOf, textOf } from '../../replies.js';

/** The value of `notify-keyspace-events` on each primary; null if a node does not say it. Managed servers refuse CONFIG. */
export async function readKeyEventFlags(
  commands: Pick<ValkeyCommands, 'primaries'>,
): Promise<readonly string[] | null> {
  const flags = await Promise.all(
    commands.primaries().map(async (node) => {
      try {
        const value = factsOf(await node.send(['CONFIG', 'GET', keyEventsParameter])).get(keyEventsParameter);
        return value === undefined ? null : textOf(value);
      } catch (cause) {
        if (cause instanceof CommandError) return null;
        throw cause;
      }
    }),
  );
  return flags.some((each) => each === null) ? null : flags.map(String);
}
