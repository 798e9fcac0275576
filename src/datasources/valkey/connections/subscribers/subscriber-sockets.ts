import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { SubscriberWire, WireListener } from './subscriber-socket.js';
import { endpointKey } from '../topology/topology.js';

/** The subscriber connections of one cluster, at most one to a node, by the node's address. */
export interface SubscriberWires {
  /** The connection to a node, opened if there is none. */
  to(endpoint: Endpoint): NodeWire;
  /** Any that is open or opening. */
  any(): NodeWire | undefined;
  /** Closes those to other nodes, without telling their listeners; answers these nodes. None is closed if no node is known. */
  keepOnly(nodes: ReadonlySet<string>): readonly string[];
  /** Closes all, without telling their listeners. */
  closeAll(): void;
}

export interface NodeWire {
  readonly node: string;
  readonly wire: Promise<SubscriberWire>;
}

export function createSubscriberWires(
  open: (endpoint: Endpoint, listener: WireListener) => Promise<SubscriberWire>,
  listen: (node: string) => WireListener,
): SubscriberWires {
  const wires = new Map<string, NodeWire>();
  const close = ({ node, wire }: NodeWire): void => {
    wires.delete(node);
    void wire.then((open) => open.close()).catch(() => undefined);
  };
  return {
    to(endpoint) {
      const node = endpointKey(endpoint);
      const existing = wires.get(node);
      if (existing) return existing;
      const listener = listen(node);
      const forget = (): boolean => wires.get(node) === opened && wires.delete(node);
      const wire = open(endpoint, {
        ...listener,
        lost(reason) {
          // Of one that was closed or replaced nothing is to be said.
          if (forget()) listener.lost(reason);
        },
      });
      const opened: NodeWire = { node, wire };
      wires.set(node, opened);
      wire.catch(forget);
      return opened;
    },
    any: () => wires.values().next().value,
    keepOnly(nodes) {
      const left = nodes.size === 0 ? [] : [...wires.values()].filter(({ node }) => !nodes.has(node));
      for (const each of left) close(each);
      return left.map(({ node }) => node);
    },
    closeAll() {
      for (const each of [...wires.values()]) close(each);
    },
  };
}
