import { randomBytes } from 'node:crypto';
import { keepSecret } from './written.js';

/**
 * A unique secret: a password, token or key that must not be written anywhere. Each run searches for it in everything that the
 * product wrote. Follows ElastiCache's rules for passwords and AUTH tokens.
 */
export function canary(name: string): string {
  const secret = `canary-${name}-${randomBytes(8).toString('hex')}`;
  keepSecret(secret);
  return secret;
}
