import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { SubscriberSocket, SubscriberSocketListener } from './subscriber-socket.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** The subscriber connections of one cluster, at most one to a node, by the node's address. */
export interface SubscriberSockets {
  /** The connection to a node, opened if there is none. */
  to(endpoint: Endpoint): NodeSocket;
  /** Any that is open or opening. */
  any(): NodeSocket | undefined;
  /** Closes those to other nodes, without telling their listeners; answers these nodes. None is closed if no node is known. */
  keepOnly(nodes: ReadonlySet<string>): readonly string[];
  /** Closes all, without telling their listeners. */
  closeAll(): void;
}

export interface NodeSocket {
  readonly node: string;
  readonly socket: Promise<SubscriberSocket>;
}

export function createSubscriberSockets(
  open: (endpoint: Endpoint, listener: SubscriberSocketListener) => Promise<SubscriberSocket>,
  listen: (node: string) => SubscriberSocketListener,
): SubscriberSockets {
  const sockets = new Map<string, NodeSocket>();
  const close = ({ node, socket }: NodeSocket): void => {
    sockets.delete(node);
    void socket.then((open) => open.close()).catch(() => undefined);
  };
  return {
    to(endpoint) {
      const node = endpointKey(endpoint);
      const existing = sockets.get(node);
      if (existing) return existing;
      const listener = listen(node);
      const forget = (): boolean => sockets.get(node) === opened && sockets.delete(node);
      const subscriberSocket = open(endpoint, {
        ...listener,
        lost(reason) {
          // Of one that was closed or replaced nothing is to be said.
          if (forget()) listener.lost(reason);
        },
      });
      const opened: NodeSocket = { node, socket: subscriberSocket };
      sockets.set(node, opened);
      subscriberSocket.catch(forget);
      return opened;
    },
    any: () => sockets.values().next().value,
    keepOnly(nodes) {
      const left = nodes.size === 0 ? [] : [...sockets.values()].filter(({ node }) => !nodes.has(node));
      for (const each of left) close(each);
      return left.map(({ node }) => node);
    },
    closeAll() {
      for (const each of [...sockets.values()]) close(each);
    },
  };
}
