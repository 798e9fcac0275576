import { ExpectedFailure, invalidInput } from '../../../../domain/errors.js';
import { compareEntryIds } from '../../../../domain/realtime/stream-id.js';
import { CommandError } from '../../command-error.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { listOf, numberOf, textOf } from '../../replies.js';
import { createScript, isScriptDenied, runScript } from '../../scripts.js';
import { groupFailure, noSuchGroup, scriptFailure } from '../expected-failure.js';
import { readState } from './stream-state.js';

export interface GroupAddress {
  readonly stream: Buffer;
  readonly group: Buffer;
}

/** Resolves to whether the group existed. */
export async function destroyGroup(commands: ValkeyCommands, { stream, group }: GroupAddress): Promise<boolean> {
  try {
    return numberOf(await commands.send({ args: ['XGROUP', 'DESTROY', stream, group], key: stream })) === 1;
  } catch (error) {
    if (isNoStream(error)) return false;
    throw groupFailure(error);
  }
}

/**
 * Makes the group deliver the entries after an ID. Valkey then calculates the lag again.
 * @throws ExpectedFailure INVALID_INPUT for an ID above the stream's last ID, NOT_FOUND
 */
export async function setGroupPosition(
  commands: ValkeyCommands,
  { stream, group }: GroupAddress,
  after: string,
): Promise<void> {
  try {
    if (after !== '$') {
      const state = await readState((args) => commands.send({ args, key: stream }), stream);
      if (state && compareEntryIds(after, state.lastGeneratedId) > 0) throw positionAhead(['input', 'after']);
    }
    await commands.send({ args: ['XGROUP', 'SETID', stream, group, after], key: stream });
  } catch (error) {
    throw isNoStream(error) ? noSuchGroup({ path: ['input', 'stream'], cause: error }) : groupFailure(error);
  }
}

export function positionAhead(path: readonly string[]): ExpectedFailure {
  return invalidInput(
    "Expected an ID that is not above the stream's last ID: no consumer would receive the entries up to it. Use `$` for entries that " +
      'are added from now on, or `0` for all existing entries.',
    path,
  );
}

/**
 * KEYS: stream; ARGV: group, consumer. Returns 0 if the consumer has pending entries. This is one script, so that an entry that is
 * delivered in between is not dropped.
 */
const deleteIdleConsumer = createScript(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
`);

/**
 * Removes a consumer from its group. Resolves to the number of pending entries that were dropped with it.
 * @throws ExpectedFailure INVALID_STATE if it has pending entries that must not be dropped, NOT_FOUND if the group does not exist
 */
export async function removeConsumer(
  commands: ValkeyCommands,
  { stream, group }: GroupAddress,
  { consumer, dropPending }: { readonly consumer: Buffer; readonly dropPending: boolean },
): Promise<number> {
  const send = (args: Command['args']) => commands.send({ args, key: stream });
  try {
    if (dropPending) return numberOf(await send(['XGROUP', 'DELCONSUMER', stream, group, consumer]));
    const isRemoved = numberOf(await runScript(send, deleteIdleConsumer, [stream], [group, consumer])) === 1;
    if (isRemoved) return 0;
  } catch (error) {
    if (isNoStream(error)) throw noSuchGroup({ path: ['input', 'stream'], cause: error });
    throw isScriptDenied(error) ? scriptFailure(error, ['input', 'dropPending']) : groupFailure(error);
  }
  const text =
    'Expected a consumer without pending entries, got one that has some. Let another consumer claim them, acknowledge them, or drop ' +
    'them with `dropPending: true`.';
  throw new ExpectedFailure('INVALID_STATE', text, { path: ['input', 'consumer'] });
}

/** Makes the consumer hold those entries that were idle for long enough. JUSTID keeps their delivery counts. Resolves to their IDs. */
export async function claimPending(
  commands: ValkeyCommands,
  { stream, group }: GroupAddress,
  claim: { readonly consumer: Buffer; readonly ids: readonly string[]; readonly minIdleMs: number },
): Promise<readonly string[]> {
  const { consumer, ids, minIdleMs } = claim;
  const args = ['XCLAIM', stream, group, consumer, String(minIdleMs), ...ids, 'JUSTID'] as const;
  try {
    return listOf(await commands.send({ args, key: stream })).map(textOf);
  } catch (error) {
    throw groupFailure(error);
  }
}

function isNoStream(error: unknown): boolean {
  return error instanceof CommandError && /requires the key to exist|^ERR no such key/i.test(error.message);
}
