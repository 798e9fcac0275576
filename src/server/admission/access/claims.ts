import { createHash } from 'node:crypto';
import { isExact } from '../../../runtime/exact-number.js';

/** The payload of a verified token. */
export type Claims = Readonly<Record<string, unknown>>;

/** The path of a claim: a name, with dots for nested objects, or the list of the path's names. */
export type ClaimPath = string | readonly string[];

/** OAuth claims whose value is a space-separated list (RFC 8693, section 4.2). */
const wordClaims: ReadonlySet<ClaimPath> = new Set(['scope', 'scp']);

/**
 * The values of a claim as strings; a list has one for each member. A missing claim and an object have none, and neither has a number
 * that JSON.parse has rounded, because another number would have the same text.
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
  // A claim's name may contain dots itself, e.g. `https://example.com/groups`.
  if (typeof path === 'string' && Object.hasOwn(claims, path)) return claims[path];
  const steps = typeof path === 'string' ? path.split('.') : path;
  return steps.reduce<unknown>((at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined), claims);
}

/** Claims that describe the token rather than its subject, and differ in each token. */
const perToken = new Set(['exp', 'iat', 'nbf', 'jti', 'auth_time', 'nonce', 'sid', 'at_hash', 'c_hash', 's_hash']);

/** A hash of the claims about the subject. Their order does not matter. */
export function fingerprint(claims: Claims): string {
  const ofSubject = Object.entries(claims).filter(([name]) => !perToken.has(name));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(ofSubject), sortKeys))
    .digest('base64url');
}

function sortKeys(_: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
