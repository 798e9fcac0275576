import crypto from 'node:crypto';

/** Identifies an API key of cachegraph to people and to scanners for leaked secrets. */
const prefix = 'cg_';
const bytes = 32;

/** Creates a random API key. It cannot be guessed, so a hash without salt is enough to store it. */
export function createApiKey(): string {
  return prefix + crypto.randomBytes(bytes).toString('base64url');
}

export function isApiKey(token: string): boolean {
  return token.startsWith(prefix);
}

/** Exists since Node 20.12 and takes half the time of `createHash`, which matters because every request is hashed. */
const { hash }: Partial<Pick<typeof crypto, 'hash'>> = crypto;

/** SHA-256 in lower-case hexadecimal digits, as in the access file. */
export function hashOf(token: string): string {
  return hash ? hash('sha256', token) : crypto.createHash('sha256').update(token).digest('hex');
}
