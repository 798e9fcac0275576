import type { SubscriberListener } from '../../push-connections.js';
import type { Session } from '../routing/session.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import type { SubscribedTopic } from './subscribed-topic.js';
import type { NodeSocket, NodeSockets } from '../nodes/node-sockets.js';
import type { SubscriberSocket } from './subscriber-socket.js';

/**
 * Returns the nodes on which a topic still has to be subscribed: every primary for key events, the primary of its slot for a
 * sharded channel, and any one node for the others.
 * @throws the reason if the only suitable node is not connected
 */
export function missingNodesOf(
  topic: SubscribedTopic,
  session: Session,
  sockets: NodeSockets<SubscriberSocket>,
  slotKey: SubscriberListener['slotKey'],
): readonly NodeSocket<SubscriberSocket>[] {
  if (topic.needsEveryPrimary) {
    const endpoints = session.primaries().map(({ endpoint }) => endpoint);
    return endpoints.filter((endpoint) => !topic.isOn(endpointKey(endpoint))).map((endpoint) => sockets.to(endpoint));
  }
  return topic.isNowhere ? [singleNodeFor(topic, session, sockets, slotKey)] : [];
}

function singleNodeFor(
  { kind, channel }: SubscribedTopic,
  session: Session,
  sockets: NodeSockets<SubscriberSocket>,
  slotKey: SubscriberListener['slotKey'],
): NodeSocket<SubscriberSocket> {
  const key = kind === 'sharded' ? channel : kind === 'channel' ? slotKey?.(channel) : undefined;
  const endpoint = session.primaryFor(key);
  // Every node sends the messages of most ordinary channels, so an open connection is preferred.
  const open = key === undefined ? sockets.any() : undefined;
  if (open) return open;
  if (endpoint) return sockets.to(endpoint);
  throw session.unavailableReason('the node of this channel');
}
