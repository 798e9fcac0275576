import { createHash } from 'node:crypto';
import { isExact } from '../../../runtime/exact-number.js';

/** What a verified token says: its payload. */
export type Claims = Readonly<Record<string, unknown>>;

/** Where a claim is found: a name, with dots into nested objects; as a list, each step for itself. */
export type ClaimPath = string | readonly string[];

/** Claims of OAuth that hold words with spaces between (RFC 8693, section 4.2). */
const wordClaims: ReadonlySet<ClaimPath> = new Set(['scope', 'scp']);

/**
 * The texts that a claim holds: of a list each member; none if it is missing, an object, or a number that was rounded when the
 * token was read, as another number would have the same text.
 */
export function textsOf(claims: Claims, path: ClaimPath): readonly string[] {
  const value = find(claims, path);
  if (typeof value === 'string' && wordClaims.has(path)) return value.split(' ').filter((word) => word !== '');
  return (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
    if (typeof each === 'string') return [each];
    if (typeof each === 'number') return isExact(each) ? [String(each)] : [];
    return typeof each === 'boolean' ? [String(each)] : [];
  });
}

function find(claims: Claims, path: ClaimPath): unknown {
  // Names of claims may have dots themselves, as `https://example.com/groups`.
  if (typeof path === 'string' && Object.hasOwn(claims, path)) return claims[path];
  const steps = typeof path === 'string' ? path.split('.') : path;
  return steps.reduce<unknown>((at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined), claims);
}

/** Of one token rather than of whom it speaks of: other ones in each token. */
const perToken = new Set(['exp', 'iat', 'nbf', 'jti', 'auth_time', 'nonce', 'sid', 'at_hash', 'c_hash', 's_hash']);

/** The same for two tokens that say the same of somebody, in whatever order. */
export function fingerprint(claims: Claims): string {
  const lasting = Object.entries(claims).filter(([name]) => !perToken.has(name));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(lasting), inOrder))
    .digest('base64url');
}

function inOrder(_: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
