import { CommandError } from '../command-error.js';
import type { Command, Reply, ValkeyCommands } from '../interfaces.js';
import { textOf } from '../replies.js';
import { expectedFailure } from './expected-failure.js';
import { checkOneSlot } from './one-slot.js';

/** The keys between which an element is moved. */
export interface Move {
  readonly source: Buffer;
  readonly destination: Buffer;
}

/**
 * Sends a command that moves an element between two keys of one type.
 * @throws ExpectedFailure CROSS_SLOT at `input.destination`, WRONG_TYPE at the key that has another type; Outage
 */
export async function sendMove(
  commands: ValkeyCommands,
  args: Command['args'],
  move: Move,
  typeName: string,
): Promise<Reply> {
  checkOneSlot(commands, move.source, [{ key: move.destination, path: ['input', 'destination'] }]);
  try {
    return await commands.send({ args, key: move.source });
  } catch (error) {
    throw expectedFailure(error, await pathOf(error, commands, move, typeName));
  }
}

/** The path of the input field that a refusal is about. WRONGTYPE does not say which of the keys has another type. */
async function pathOf(error: unknown, commands: ValkeyCommands, { source }: Move, typeName: string): Promise<string[]> {
  if (!(error instanceof CommandError) || error.prefix !== 'WRONGTYPE') return ['input'];
  const type = await commands.send({ args: ['TYPE', source], key: source }).then(textOf, () => undefined);
  return type === undefined ? ['input'] : ['input', type === typeName ? 'destination' : 'source'];
}
