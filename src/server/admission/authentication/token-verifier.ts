import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import type { Claims } from '../access/claims.js';
import type { TokenAlgorithm } from '../../../config/token-algorithms.js';
import { Unauthenticated } from './unauthenticated.js';

/** The tokens that are accepted. */
export interface TokenRules {
  readonly issuer: string | readonly string[];
  /** A token must have one of these audiences. */
  readonly audience: string | readonly string[];
  readonly algorithms: readonly TokenAlgorithm[];
  /** The tolerated difference to the issuer's clock. */
  readonly clockSkewSeconds: number;
  /** The claim that names the caller. */
  readonly nameClaim: string;
}

/** A token whose signature and claims were verified. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly name: string;
  readonly claims: Claims;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** @throws Unauthenticated */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

/** Verifies signature, issuer, audience and times of JSON Web Tokens. `now` is in milliseconds since 1970. */
export function createTokenVerifier(
  keys: JWTVerifyGetKey,
  { issuer, audience, algorithms, clockSkewSeconds, nameClaim }: TokenRules,
  now: () => number = Date.now,
): TokenVerifier {
  const list = (value: string | readonly string[]): string[] => [value].flat();
  const options = { issuer: list(issuer), audience: list(audience), algorithms: [...algorithms] };
  return async (token) => {
    const claims = await verify(token, keys, {
      ...options,
      clockTolerance: clockSkewSeconds,
      currentDate: new Date(now()),
      requiredClaims: ['exp', 'iss', 'aud'],
    });
    checkTimes(claims);
    const name = claims[nameClaim];
    if (typeof name !== 'string' || name === '') {
      throw new Unauthenticated('invalid', `Expected the token to have a claim "${nameClaim}" that names the caller.`);
    }
    const expiry = (claims.exp ?? 0) * 1000;
    // A token that is accepted within the skew is valid until the skew ends. Otherwise it would expire immediately.
    const expiresAt = expiry > now() ? expiry : expiry + clockSkewSeconds * 1000;
    return { issuer: claims.iss ?? '', name, claims, expiresAt };
  };
}

/** The last second that a `Date` can hold, in the year 275760. */
const lastSecond = 8.64e12;

/** Rejects numbers that are not a time. JSON.parse reads `1e400` as Infinity, so such a token would never expire. */
function checkTimes(claims: JWTPayload): void {
  for (const name of ['exp', 'nbf', 'iat'] as const) {
    const time: unknown = claims[name];
    if (time === undefined || (typeof time === 'number' && time >= 0 && time <= lastSecond)) continue;
    throw new Unauthenticated(
      'invalid',
      `Expected the token's claim "${name}" to be a time from 0 to ${lastSecond} seconds since 1970.`,
    );
  }
}

async function verify(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw refusal(error);
    // The token names no key, and several are possible.
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (inner) {
        if (!(inner instanceof errors.JWSSignatureVerificationFailed)) throw refusal(inner);
      }
    }
    throw refusal(new errors.JWSSignatureVerificationFailed());
  }
}

/** The error has its own message and no cause, because the library's errors contain the token's claims. */
function refusal(error: unknown): Unauthenticated {
  if (error instanceof Unauthenticated) return error;
  if (error instanceof errors.JWTExpired) return new Unauthenticated('expired', 'The token has expired.');
  return new Unauthenticated('invalid', `The token is invalid: ${explain(error)}.`);
}

function explain(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === 'missing') return `it has no claim "${claim}"`;
    if (claim === 'iss') return 'its issuer is not accepted';
    if (claim === 'aud') return 'its audience is not this API';
    if (claim === 'nbf' && reason === 'check_failed') return 'it is not valid yet';
    return `its claim "${claim}" is wrong`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its signature algorithm is not accepted';
  if (error instanceof errors.JWKSNoMatchingKey) return 'the issuer does not publish the key that signed it';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  return 'it is not a signed JSON Web Token';
}
