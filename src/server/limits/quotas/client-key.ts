import type { Identity } from '../../admission/authentication/identity.js';

/** By whom a client is known: who it has shown to be, or else where it comes from. */
export function clientKey({ subject }: Pick<Identity, 'subject'>, address: string | undefined): string {
  return unknownSubjects.has(subject) ? addressKey(address) : subject;
}

/** Of callers without credentials. */
const unknownSubjects: ReadonlySet<string> = new Set(['anybody', 'anonymous']);

/** An address; of IPv6 the first half, as the other is any that its owner likes. */
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
