import { anonymousIdentity, type Identity } from './authentication/identity.js';

/** The key that a client's limits are counted by: its subject, or its address if it has sent no credentials. */
export function clientKey({ subject }: Pick<Identity, 'subject'>, address: string | undefined): string {
  return subject === anonymousIdentity.subject ? addressKey(address) : subject;
}

/** The key of an address. For IPv6 it is the /64 prefix, because a client can choose the rest freely. */
export function addressKey(address = ''): string {
  if (!address.includes(':')) return `address:${address}`;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return `address:${mapped}`;
  const [head = '', tail = ''] = address.split('::', 2);
  const first = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return `address:${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
