import { ExpectedFailure } from '../../../domain/errors.js';
import type { Command, Reply, ValkeyCommands } from '../interfaces.js';
import { expectedFailure } from './expected-failure.js';

/**
 * Sends one command for a mutation of one key.
 * @throws ExpectedFailure if Valkey refuses it: at `input.<argument>` if the argument breaks a rule, otherwise at `input.key`; Outage
 */
export async function sendWrite(commands: ValkeyCommands, command: Command, argument = 'key'): Promise<Reply> {
  try {
    return await commands.send(command);
  } catch (error) {
    const failure = expectedFailure(error, ['input', 'key']);
    const isOfArgument = failure instanceof ExpectedFailure && failure.code === 'INVALID_INPUT';
    throw isOfArgument ? expectedFailure(error, ['input', argument]) : failure;
  }
}
