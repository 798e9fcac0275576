import { ExpectedFailure } from '../../../domain/errors.js';
import type { Command, Reply, ValkeyCommands } from '../interfaces.js';
import { expectedFailure } from './expected-failure.js';

/** The arguments of a mutation that Valkey may refuse, by their names in the input. */
interface RefusedArguments {
  /** Breaks a rule, such as an offset that is too large. */
  readonly invalid?: string;
  /** Has another value than the command can change, such as a number. */
  readonly holder?: string;
}

/**
 * Sends one command for a mutation of one key.
 * @throws ExpectedFailure if Valkey refuses it: at the argument that it refuses, otherwise at `input.key`; Outage
 */
export async function sendWrite(
  commands: ValkeyCommands,
  command: Command,
  { invalid = 'key', holder = 'key' }: RefusedArguments = {},
): Promise<Reply> {
  try {
    return await commands.send(command);
  } catch (error) {
    const failure = expectedFailure(error);
    const code = failure instanceof ExpectedFailure ? failure.code : undefined;
    const argument = code === 'INVALID_INPUT' ? invalid : code === 'INVALID_STATE' ? holder : 'key';
    throw expectedFailure(error, ['input', argument]);
  }
}
