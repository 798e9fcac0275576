import { activeChannels, publish as send } from '../../datasources/valkey/values/channels/channels.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { requirePermission, hasPermission } from '../shared/access.js';
import { commandsFor, readMatch } from '../shared/checks.js';
import type { Context } from '../shared/context.js';

/** The active channels that the caller may read. */
export async function channels(
  context: Context,
  cluster: string,
  args: { match?: string | null | undefined; encoding: Encoding },
) {
  requirePermission(context, 'channels:read', { cluster });
  const match = readMatch(context, args);
  const active = await activeChannels(await context.connections.commands(cluster), match);
  return active.filter(({ name }) => hasPermission(context, 'channels:read', { cluster, channel: name }));
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
  requirePermission(context, 'channels:write', { cluster: input.cluster, channel });
  const payload = decodeBytes(input.payload, input.valueEncoding, ['input', 'payload']);
  const { cluster, sharded } = input;
  const commands = await commandsFor(context, cluster);
  return await send(commands, { channel, payload, sharded }, context.realtime.history({ cluster, channel, sharded }));
}
