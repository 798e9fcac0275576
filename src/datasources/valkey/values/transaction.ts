import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { CommandError } from '../command-error.js';
import type { Command, ExpectedValue, Reply, ValkeyCommands } from '../interfaces.js';
import { withoutScript } from '../scripts.js';
import { scriptFailure } from './expected-failure.js';

export interface Transaction {
  /** A key of the slot to which all keys belong. */
  readonly key: Buffer;
  readonly operations: readonly { readonly command: Command['args']; readonly path: readonly string[] }[];
  readonly expected: readonly (ExpectedValue & { readonly path: readonly string[] })[];
}

/**
 * Executes all operations in one transaction if all expectations hold. Resolves to the reply or error of each operation, or to undefined
 * if an expectation does not hold.
 * @throws ExpectedFailure at the operation or expectation that Valkey refused before it executed anything; Outage
 */
export async function executeTransaction(
  commands: ValkeyCommands,
  { key, operations, expected }: Transaction,
): Promise<readonly (Reply | ExpectedFailure)[] | undefined> {
  const all = operations.map(({ command }) => command);
  const outcome = await commands.execute(key, all, expected);
  if (outcome.kind === 'unmet') return undefined;
  if (outcome.kind === 'refused') {
    const { error, command, expectation } = outcome;
    const place = command === undefined ? expected[expectation ?? -1] : operations[command];
    throw scriptFailure(error, place?.path ?? ['input', 'operations']);
  }
  return outcome.replies.map((reply, index) =>
    reply instanceof CommandError ? failureOf(reply, operations[index]?.path) : reply,
  );
}

/** The failure of one operation of a transaction that was executed. */
function failureOf(error: CommandError, path: readonly string[] | undefined): ExpectedFailure {
  const failure = scriptFailure(withoutScript(error), path);
  if (failure instanceof ExpectedFailure) return failure;
  // The other operations were executed, so that this is no outage of the whole mutation.
  const message = failure instanceof Outage ? failure.message : 'Valkey refused this.';
  return new ExpectedFailure('INVALID_STATE', message, { path, upstreamCode: error.prefix, cause: failure });
}
