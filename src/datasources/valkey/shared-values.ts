import { CommandError } from './command-error.js';
import type { Answer } from './key-reading.js';
import type { ValkeyCommands } from './ports.js';
import { listOf } from './replies.js';

/** The values of several keys that are taken for strings, by one MGET; where that is refused, one GET each. */
export interface SharedValues {
  /** Of the key at this place in the list. */
  at(index: number): Promise<Answer>;
  /** Asks, after what must be asked before the values are read. */
  ask(): void;
}

export function shareValues(commands: ValkeyCommands, names: readonly Buffer[]): SharedValues {
  let settle: ((answers: Promise<readonly Answer[]>) => void) | undefined;
  const answers = new Promise<readonly Answer[]>((resolve) => (settle = resolve));
  return {
    at: async (index) => (await answers)[index] ?? { reply: null },
    ask: () => settle?.(askForAll(commands, names)),
  };
}

async function askForAll(commands: ValkeyCommands, names: readonly Buffer[]): Promise<readonly Answer[]> {
  try {
    const replies = listOf(await commands.send({ args: ['MGET', ...names], key: names[0] }));
    return replies.map((reply) => ({ reply }));
  } catch (cause) {
    const failure = cause instanceof Error ? cause : new Error(String(cause));
    // An ACL may deny MGET, or one of the keys.
    if (failure instanceof CommandError) return await Promise.all(names.map((name) => askForOne(commands, name)));
    return names.map(() => ({ failure }));
  }
}

async function askForOne(commands: ValkeyCommands, name: Buffer): Promise<Answer> {
  try {
    return { reply: await commands.send({ args: ['GET', name], key: name }) };
  } catch (cause) {
    return { failure: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}
