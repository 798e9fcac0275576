import { ExpectedFailure } from '../../../../domain/errors.js';
import type { HistoryBounds } from '../../../../domain/realtime/channel-rules.js';
import { patternOfKeys } from './channel-keys.js';
import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { listOf, numberOf, textOf } from '../../replies.js';

/** Where a channel's messages are kept, and how many. */
export interface ChannelHistory extends HistoryBounds {
  /** The stream, and the channel on which each entry's ID is told before the message itself is published. */
  readonly stream: Buffer;
}

export interface Message {
  readonly channel: Buffer;
  readonly payload: Buffer;
  readonly sharded: boolean;
}

/** The field of a history's entry that holds the payload. */
export const payloadField = 'payload';

/**
 * KEYS: stream; ARGV: channel, payload, PUBLISH or SPUBLISH, most messages, most seconds or 0. Answers the receivers and the
 * entry's ID. One script, so that the messages stand in the stream in the order in which subscribers hear them, and a
 * subscriber hears the ID right before the message. Rights to publish are asked for first: a refused script changes nothing.
 */
const publishScript = `
local say = ARGV[3]
for _, channel in ipairs({ARGV[1], KEYS[1]}) do
  if redis.acl_check_cmd and not redis.acl_check_cmd(say, channel, '') then
    return redis.error_reply('NOPERM No permissions to access a channel')
  end
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[4], '*', '${payloadField}', ARGV[2])
local seconds = tonumber(ARGV[5])
if seconds > 0 then
  local oldest = tonumber(string.match(id, '^%d+')) - seconds * 1000
  redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', oldest))
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
redis.call(say, KEYS[1], id .. ' ' .. redis.sha1hex(ARGV[2]))
return {redis.call(say, ARGV[1], ARGV[2]), id}
`;

/**
 * Publishes a message and keeps it, both or neither.
 * @throws ExpectedFailure PERMISSION_DENIED where the user may publish but not keep; Outage
 */
export async function publishToHistory(
  commands: ValkeyCommands,
  { channel, payload, sharded }: Message,
  { stream, maxMessages, maxAgeSeconds = 0 }: ChannelHistory,
): Promise<{ readonly receivers: number; readonly cursor: string }> {
  const say = sharded ? 'SPUBLISH' : 'PUBLISH';
  const args = [channel, payload, say, String(maxMessages), String(maxAgeSeconds)];
  try {
    const [receivers, id] = listOf(
      await commands.send({ args: ['EVAL', publishScript, '1', stream, ...args], key: stream }),
    );
    return { receivers: numberOf(receivers), cursor: textOf(id) };
  } catch (error) {
    throw historyFailure(error, stream, ['input', 'channel']);
  }
}

/** A refusal says what the user lacks: that a history is kept at all is the configuration's doing, not the caller's. */
export function historyFailure(error: unknown, stream: Buffer, path?: readonly string[]): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return expectedFailure(error, path);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `The history of this channel is kept in a key of ${patternOfKeys(stream)}; the user needs that key and the channel of the same ` +
      `name, and +eval, +xadd, +xtrim, +expire, +publish, +spublish to publish, +xrange, +xrevrange, +exists to read: ${error.message}`,
    { path, upstreamCode: error.prefix, cause: error },
  );
}
