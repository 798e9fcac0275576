import { randomBytes } from 'node:crypto';
import { keepSecret } from './written.js';

/**
 * A secret that is like no other text: a password, token or key that nothing may write down. What tests have the product write
 * is searched for it at the end of the run. Takes ElastiCache's rules for passwords and authentication tokens.
 */
export function canary(name: string): string {
  const secret = `canary-${name}-${randomBytes(8).toString('hex')}`;
  keepSecret(secret);
  return secret;
}
