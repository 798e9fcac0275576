import type { Endpoint } from '../../../../domain/cluster/cluster.js';

/** The reaction to an error reply to a command that Valkey did not execute. */
export type Redirect =
  | { readonly kind: 'moved' | 'ask'; readonly to: Endpoint }
  /** Wait and retry, because a slot is moving or a failover is in progress. */
  | { readonly kind: 'wait'; readonly topologyChanged: boolean };

const waits = new Map([
  ['TRYAGAIN', false],
  ['LOADING', false],
  ['CLUSTERDOWN', true],
  ['READONLY', true],
  ['MASTERDOWN', true],
]);

/** Parses errors such as `MOVED 3999 127.0.0.1:6381`. A node that does not know its own name omits the host. */
export function parseRedirect(message: string, answeredBy: Endpoint): Redirect | undefined {
  const [prefix = '', , address = ''] = message.split(' ');
  const topologyChanged = waits.get(prefix);
  if (topologyChanged !== undefined) return { kind: 'wait', topologyChanged };
  if (prefix !== 'MOVED' && prefix !== 'ASK') return undefined;
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(colon, 0));
  const to = { host: host === '' || host === '?' ? answeredBy.host : host, port: Number(address.slice(colon + 1)) };
  return { kind: prefix === 'MOVED' ? 'moved' : 'ask', to };
}
