import { publishToHistory, type ChannelHistory, type Message } from './channel-history.js';
import { sendCommand, expectedFailure } from '../expected-failure.js';
import { createNameFilter, type NameFilter } from '../scans/name-filter.js';
import type { ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { bytesOf, listOf, numberOf } from '../../replies.js';

export interface ActiveChannel {
  readonly name: Buffer;
  /** Clients on all nodes that are subscribed to the channel by name. */
  readonly subscribers: number;
}

/** Channels that have subscribers, ordered by name. Replicas that do not answer are ignored. */
export async function activeChannels(commands: ValkeyCommands, match: Buffer | undefined): Promise<ActiveChannel[]> {
  const filter = createNameFilter(match);
  const ofNodes = await Promise.all(
    commands.nodes().map((node) =>
      channelsOfNode(node, filter).catch((error: unknown) => {
        if (!node.isPrimary) return [];
        throw expectedFailure(error);
      }),
    ),
  );
  const channels = new Map<string, ActiveChannel>();
  for (const channel of ofNodes.flat()) {
    const id = channel.name.toString('latin1');
    const subscribers = channel.subscribers + (channels.get(id)?.subscribers ?? 0);
    channels.set(id, { name: channel.name, subscribers });
  }
  return [...channels.values()].sort((left, right) => left.name.compare(right.name));
}

async function channelsOfNode(node: ValkeyNode, { sent, keep }: NameFilter): Promise<ActiveChannel[]> {
  const names = await keep(listOf(await node.send(['PUBSUB', 'CHANNELS', ...(sent ? [sent] : [])])).map(bytesOf));
  if (names.length === 0) return [];
  const counts = listOf(await node.send(['PUBSUB', 'NUMSUB', ...names]));
  return names.map((name, index) => ({ name, subscribers: numberOf(counts[index * 2 + 1]) }));
}

/**
 * Resolves to the number of Valkey clients that received the message from the node that executed the command, and to its cursor if the
 * channel has a history.
 */
export async function publish(
  commands: ValkeyCommands,
  message: Message,
  history: ChannelHistory | undefined,
): Promise<{ readonly receivers: number; readonly cursor?: string }> {
  if (history) return await publishToHistory(commands, message, history);
  const { channel, payload, sharded } = message;
  const command = sharded
    ? { args: ['SPUBLISH', channel, payload] as const, key: channel }
    : { args: ['PUBLISH', channel, payload] as const };
  return { receivers: numberOf(await sendCommand(commands, command, ['input', 'channel'])) };
}
