import type { Endpoint } from '../../domain/cluster.js';
import type { NodeLink } from './node-link.js';
import { endpointKey } from './topology.js';

/** The open links of one cluster, one a node; each is opened once, however many ask at a time. */
export interface LinkPool {
  /** The link where it is open. */
  get(endpoint: Endpoint): NodeLink | undefined;
  /** The link, opened where it is not. */
  open(endpoint: Endpoint): Promise<NodeLink>;
  /** Closes all others. */
  keepOnly(endpoints: readonly Endpoint[]): void;
  ready(): NodeLink[];
  close(): void;
}

export function createLinkPool(openLink: (endpoint: Endpoint) => Promise<NodeLink>): LinkPool {
  const links = new Map<string, NodeLink>();
  const opening = new Map<string, Promise<NodeLink>>();
  let closed = false;

  const get = (endpoint: Endpoint): NodeLink | undefined => {
    const link = links.get(endpointKey(endpoint));
    return link?.isReady === true ? link : undefined;
  };
  const openNow = async (endpoint: Endpoint): Promise<NodeLink> => {
    const link = await openLink(endpoint);
    if (closed) link.close();
    else links.set(endpointKey(endpoint), link);
    return link;
  };
  return {
    get,
    open(endpoint) {
      const link = get(endpoint);
      if (link) return Promise.resolve(link);
      const key = endpointKey(endpoint);
      const standing = opening.get(key);
      if (standing) return standing;
      const promise = openNow(endpoint).finally(() => opening.delete(key));
      opening.set(key, promise);
      return promise;
    },
    keepOnly(endpoints) {
      const kept = new Set(endpoints.map(endpointKey));
      for (const [key, link] of links) {
        if (kept.has(key) && link.isReady) continue;
        link.close();
        links.delete(key);
      }
    },
    ready: () => [...links.values()].filter(({ isReady }) => isReady),
    close() {
      closed = true;
      for (const link of links.values()) link.close();
      links.clear();
    },
  };
}
