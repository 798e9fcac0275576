import { createHash, randomBytes } from 'node:crypto';

/** By which people, and scanners for leaked secrets, know an API key of cachegraph. */
const prefix = 'cg_';
const bytes = 32;

/** A fresh API key: nobody can guess it, so that a plain hash of it is enough to keep. */
export function createApiKey(): string {
  return prefix + randomBytes(bytes).toString('base64url');
}

export function isApiKey(token: string): boolean {
  return token.startsWith(prefix);
}

/** SHA-256 in lower-case hexadecimal digits, as the access file holds it. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
