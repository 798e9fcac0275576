import { ExpectedFailure } from '../../../../domain/errors.js';
import type { HistoryBounds } from '../../../../domain/realtime/channel-rules.js';
import { patternOfKeys } from './channel-keys.js';
import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { listOf, numberOf, textOf } from '../../replies.js';
import { createScript, runScript } from '../../scripts.js';

/** The stream that stores a channel's messages, and its bounds. */
export interface ChannelHistory extends HistoryBounds {
  /** The stream. It is also the name of the channel on which each entry's ID is announced before the message is published. */
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
 * KEYS: stream; ARGV: channel, payload, PUBLISH or SPUBLISH, maximum of messages, maximum age in seconds or 0. Returns the number of
 * receivers and the entry's ID. This is one script so that the stream has the messages in the order in which subscribers receive
 * them, and each subscriber receives the ID right before the message. It checks the permission to publish first, so that a refused
 * script changes nothing.
 */
const publishScript = createScript(`
local publish = ARGV[3]
for _, channel in ipairs({ARGV[1], KEYS[1]}) do
  if redis.acl_check_cmd and not redis.acl_check_cmd(publish, channel, '') then
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
redis.call(publish, KEYS[1], id .. ' ' .. redis.sha1hex(ARGV[2]))
return {redis.call(publish, ARGV[1], ARGV[2]), id}
`);

/**
 * Publishes a message and stores it in the history, or does neither.
 * @throws ExpectedFailure PERMISSION_DENIED if the user may not do both; Outage
 */
export async function publishToHistory(
  commands: ValkeyCommands,
  { channel, payload, sharded }: Message,
  { stream, maxMessages, maxAgeSeconds = 0 }: ChannelHistory,
): Promise<{ readonly receivers: number; readonly cursor: string }> {
  const publish = sharded ? 'SPUBLISH' : 'PUBLISH';
  const args = [channel, payload, publish, String(maxMessages), String(maxAgeSeconds)];
  try {
    const send = (sent: Command['args']) => commands.send({ args: sent, key: stream });
    const [receivers, id] = listOf(await runScript(send, publishScript, [stream], args));
    return { receivers: numberOf(receivers), cursor: textOf(id) };
  } catch (error) {
    throw historyFailure(error, stream, ['input', 'channel']);
  }
}

/** Explains a refusal with all required permissions, since the caller may not know that the channel has a history. */
export function historyFailure(error: unknown, stream: Buffer, path?: readonly string[]): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return expectedFailure(error, path);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `The history of this channel is stored in a key of ${patternOfKeys(stream)}. The Valkey user requires that key, the channel of the ` +
      `same name, and +eval, +xadd, +xtrim, +expire, +publish, +spublish to publish, +xrange, +xrevrange, +exists to read: ${error.message}`,
    { path, upstreamCode: error.prefix, cause: error },
  );
}
