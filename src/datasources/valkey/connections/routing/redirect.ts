import type { Endpoint } from '../../../../domain/cluster/cluster.js';

/** What an error reply asks for that says that the command was not carried out. */
export type Redirect =
  | { readonly kind: 'moved' | 'ask'; readonly to: Endpoint }
  /** For a while: a slot or a primary is on its way. */
  | { readonly kind: 'wait'; readonly topologyChanged: boolean };

const waits = new Map([
  ['TRYAGAIN', false],
  ['LOADING', false],
  ['CLUSTERDOWN', true],
  ['READONLY', true],
  ['MASTERDOWN', true],
]);

/** `MOVED 3999 127.0.0.1:6381` and its like; a node that does not know its own name leaves the host out. */
export function parseRedirect(message: string, asked: Endpoint): Redirect | undefined {
  const [prefix = '', , address = ''] = message.split(' ');
  const topologyChanged = waits.get(prefix);
  if (topologyChanged !== undefined) return { kind: 'wait', topologyChanged };
  if (prefix !== 'MOVED' && prefix !== 'ASK') return undefined;
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(colon, 0));
  const to = { host: host === '' || host === '?' ? asked.host : host, port: Number(address.slice(colon + 1)) };
  return { kind: prefix === 'MOVED' ? 'moved' : 'ask', to };
}
