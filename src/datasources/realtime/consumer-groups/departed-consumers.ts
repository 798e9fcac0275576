import type { Logger } from '../../../telemetry/log.js';
import type { GroupCommands } from './group-commands.js';

/**
 * Consumers that left before their entries were acknowledged. A client may acknowledge after it has unsubscribed. The consumer
 * is then removed from the group here, since nothing else would remove it.
 */
export interface DepartedConsumers {
  add(groupKey: string, consumer: Buffer, commands: GroupCommands): void;
  /** The consumer reads again. */
  forget(groupKey: string, consumer: Buffer): void;
  /** Entries of the group were acknowledged. Removes the consumers that have none left. */
  acknowledged(groupKey: string): void;
}

interface DepartedConsumer {
  readonly consumer: Buffer;
  readonly commands: GroupCommands;
}

/** Beyond this, the oldest are forgotten. Their names then stay in the group until they read again. */
const maxGroups = 1000;

export function createDepartedConsumers(log: Logger): DepartedConsumers {
  const groups = new Map<string, Map<string, DepartedConsumer>>();
  const nameOf = (consumer: Buffer): string => consumer.toString('latin1');
  const forget = (groupKey: string, consumer: Buffer): void => {
    const left = groups.get(groupKey);
    left?.delete(nameOf(consumer));
    if (left?.size === 0) groups.delete(groupKey);
  };
  const removeEmpty = async (groupKey: string): Promise<void> => {
    for (const { consumer, commands } of [...(groups.get(groupKey)?.values() ?? [])]) {
      if (await commands.removeIfEmpty(consumer)) forget(groupKey, consumer);
    }
  };
  return {
    add(groupKey, consumer, commands) {
      const left = groups.get(groupKey) ?? new Map<string, DepartedConsumer>();
      groups.set(groupKey, left.set(nameOf(consumer), { consumer, commands }));
      const [oldest] = groups.keys();
      if (groups.size > maxGroups && oldest !== undefined) groups.delete(oldest);
    },
    forget,
    acknowledged(groupKey) {
      removeEmpty(groupKey).catch((error: unknown) =>
        log.debug({ err: error }, 'a consumer that left could not be removed'),
      );
    },
  };
}
