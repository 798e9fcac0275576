import { CommandError } from '../../command-error.js';
import { bytesOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';

/**
 * The text of the values at the path; null if a path of the restricted syntax (`.a`) has no value, or the key does not exist.
 * @throws ExpectedFailure INVALID_INPUT at `path`, NOT_SUPPORTED without the module; Outage
 */
export async function readJson(
  { commands, name: key }: Pick<KeySnapshot, 'commands' | 'name'>,
  path: string,
): Promise<Buffer | null> {
  try {
    const reply = await commands.send({ args: ['JSON.GET', key, path], key });
    if (reply === null) return null;
    // A path of the enhanced syntax (`$.a`) without a value.
    return Array.isArray(reply) && reply.length === 0 ? Buffer.from('[]') : bytesOf(reply);
  } catch (cause) {
    if (cause instanceof CommandError && /^NONEXISTENT|^ERR Path .* does not exist/s.test(cause.message)) return null;
    throw expectedFailure(cause, ['path']);
  }
}
