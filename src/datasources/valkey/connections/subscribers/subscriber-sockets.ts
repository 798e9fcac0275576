import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { SubscriberSocket, SubscriberSocketListener } from './subscriber-socket.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** The subscriber connections of one cluster by the node's address, at most one per node. */
export interface SubscriberSockets {
  /** The connection to a node. Opens it if there is none. */
  to(endpoint: Endpoint): NodeSocket;
  /** A connection that is open or opening, if there is one. */
  any(): NodeSocket | undefined;
  /** Closes the connections to other nodes without calling their listeners, and returns these nodes. Closes none if `nodes` is empty. */
  keepOnly(nodes: ReadonlySet<string>): readonly string[];
  /** Closes all connections without calling their listeners. */
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
          // A connection that was closed or replaced is not reported.
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
      const closing = nodes.size === 0 ? [] : [...sockets.values()].filter(({ node }) => !nodes.has(node));
      for (const nodeSocket of closing) close(nodeSocket);
      return closing.map(({ node }) => node);
    },
    closeAll() {
      for (const nodeSocket of [...sockets.values()]) close(nodeSocket);
    },
  };
}
