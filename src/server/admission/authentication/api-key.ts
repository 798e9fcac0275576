import crypto from 'node:crypto';

/** By which people, and scanners for leaked secrets, know an API key of cachegraph. */
const prefix = 'cg_';
const bytes = 32;

/** A fresh API key: nobody can guess it, so that a plain hash of it is enough to keep. */
export function createApiKey(): string {
  return prefix + crypto.randomBytes(bytes).toString('base64url');
}

export function isApiKey(token: string): boolean {
  return token.startsWith(prefix);
}

/** Since Node 20.12, and in half the time: it is done for every request. */
const { hash }: Partial<Pick<typeof crypto, 'hash'>> = crypto;

/** SHA-256 in lower-case hexadecimal digits, as the access file holds it. */
export function hashOf(token: string): string {
  return hash ? hash('sha256', token) : crypto.createHash('sha256').update(token).digest('hex');
}
