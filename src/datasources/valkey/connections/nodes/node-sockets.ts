import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { endpointKey } from './endpoint-key.js';

interface Closable {
  close(): void;
}

interface LossListener {
  lost(this: void, reason: Error): void;
}

/** Connections of one kind to the nodes of a cluster by the node's address, at most one per node. */
export interface NodeSockets<Socket> {
  /** The connection to a node. Opens it if there is none. */
  to(endpoint: Endpoint): NodeSocket<Socket>;
  /** A connection that is open or opening, if there is one. */
  any(): NodeSocket<Socket> | undefined;
  /** Closes the connections to other nodes without calling their listeners, and returns these nodes. Closes none if `nodes` is empty. */
  keepOnly(nodes: ReadonlySet<string>): readonly string[];
  /** Closes all connections without calling their listeners. */
  closeAll(): void;
}

export interface NodeSocket<Socket> {
  readonly node: string;
  readonly socket: Promise<Socket>;
}

export function createNodeSockets<Socket extends Closable, Listener extends LossListener>(
  open: (endpoint: Endpoint, listener: Listener) => Promise<Socket>,
  listen: (node: string) => Listener,
): NodeSockets<Socket> {
  const sockets = new Map<string, NodeSocket<Socket>>();
  const close = ({ node, socket }: NodeSocket<Socket>): void => {
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
      const socket = open(endpoint, {
        ...listener,
        lost(reason: Error) {
          // A connection that was closed or replaced is not reported.
          if (forget()) listener.lost(reason);
        },
      });
      const opened: NodeSocket<Socket> = { node, socket };
      sockets.set(node, opened);
      socket.catch(forget);
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
