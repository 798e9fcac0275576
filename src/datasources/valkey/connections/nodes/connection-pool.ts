import { asError } from '../../../../domain/errors.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { unreachable } from './connection-errors.js';
import type { NodeLink } from './node-connection.js';
import { endpointKey } from '../topology/topology.js';

/** The open links of one cluster, one a node; each is opened once, however many ask at a time. */
export interface LinkPool {
  /** The link where it is open. */
  get(endpoint: Endpoint): NodeLink | undefined;
  /** The link, opened where it is not. */
  open(endpoint: Endpoint): Promise<NodeLink>;
  /**
   * Opens all; resolves to why one of them is not open. Those that are open wait for the others for `patienceMs` at most:
   * one frozen node must not keep a cluster from being entered.
   */
  openAll(endpoints: readonly Endpoint[], patienceMs: number): Promise<Error | undefined>;
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
  const open = (endpoint: Endpoint): Promise<NodeLink> => {
    const link = get(endpoint);
    if (link) return Promise.resolve(link);
    const key = endpointKey(endpoint);
    const standing = opening.get(key);
    if (standing) return standing;
    const promise = openNow(endpoint).finally(() => opening.delete(key));
    opening.set(key, promise);
    return promise;
  };
  return {
    get,
    open,
    async openAll(endpoints, patienceMs) {
      const reasons = new Map<Endpoint, Error>();
      const attempts = endpoints.map(async (endpoint) => {
        await open(endpoint).catch((cause: unknown) => {
          reasons.set(endpoint, asError(cause));
          throw cause;
        });
      });
      const all = Promise.allSettled(attempts);
      const enough = Promise.any(attempts).then(() => delay(patienceMs, undefined, { ref: false }));
      await Promise.race([all, enough.catch(() => all)]);
      const missing = endpoints.find((endpoint) => !get(endpoint));
      return missing && (reasons.get(missing) ?? unreachable(endpointKey(missing)));
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
