import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { numberOf } from '../replies.js';
import type { Command, ValkeyCommands } from '../interfaces.js';
import { expectedFailure } from './expected-failure.js';

/** The deleted things, in the plural, and the input field that names them. */
export interface Deletion {
  readonly noun: string;
  readonly path: readonly string[];
}

/**
 * Sends one deletion for each item in one pipeline. Resolves to whether each item existed.
 * @throws ExpectedFailure if nothing was deleted; Outage UNKNOWN_OUTCOME if some items were deleted before another one failed
 */
export async function deleteEach(
  commands: ValkeyCommands,
  deletions: readonly Command[],
  deletion: Deletion,
): Promise<readonly boolean[]> {
  const results = await Promise.allSettled(deletions.map(async (each) => numberOf(await commands.send(each)) > 0));
  const failed = results.find((result) => result.status === 'rejected');
  const existed = results.map((result) => result.status === 'fulfilled' && result.value);
  if (failed) throw partialFailure(failed.reason, existed.filter(Boolean).length, deletion);
  return existed;
}

/** The failure of a deletion that had deleted `count` items before. A user error would mean that nothing was changed. */
export function partialFailure(reason: unknown, count: number, { noun, path }: Deletion): Error {
  const failure = expectedFailure(reason, path);
  if (count === 0 || (failure instanceof Outage && failure.code === 'UNKNOWN_OUTCOME')) return failure;
  const cause = failure instanceof ExpectedFailure || failure instanceof Outage ? failure.message : 'an error';
  return new Outage('UNKNOWN_OUTCOME', `${count} ${noun} were deleted, then a shard failed: ${cause}`, {
    cause: failure,
  });
}
