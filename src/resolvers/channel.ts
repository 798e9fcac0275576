import { activeChannels, publish as send } from '../datasources/valkey/channels.js';
import { decodeBytes, type Encoding } from '../domain/bytes.js';
import { commandsFor, decodeMatch } from './checks.js';
import type { Context } from './context.js';

export async function channels(
  { connections }: Context,
  cluster: string,
  { match, encoding }: { match?: string | null | undefined; encoding: Encoding },
) {
  return await activeChannels(await connections.commands(cluster), decodeMatch(match, encoding));
}

export interface PublishInput {
  readonly cluster: string;
  readonly channel: string;
  readonly encoding: Encoding;
  readonly payload: string;
  readonly valueEncoding: Encoding;
  readonly sharded: boolean;
}

export async function publish(context: Context, input: PublishInput) {
  const channel = decodeBytes(input.channel, input.encoding, ['input', 'channel']);
  const payload = decodeBytes(input.payload, input.valueEncoding, ['input', 'payload']);
  const { cluster, sharded } = input;
  const commands = await commandsFor(context, cluster);
  return await send(commands, { channel, payload, sharded }, context.realtime.history({ cluster, channel, sharded }));
}
