import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import type { Claims } from '../access/claims.js';
import type { TokenAlgorithm } from '../../../config/token-algorithms.js';
import { Unauthenticated } from './unauthenticated.js';

/** Which tokens are taken. */
export interface TokenRules {
  readonly issuer: string | readonly string[];
  /** What a token must be for; one of them is enough. */
  readonly audience: string | readonly string[];
  readonly algorithms: readonly TokenAlgorithm[];
  /** How far the issuer's clock may be off. */
  readonly clockSkewSeconds: number;
  /** The claim that names the caller. */
  readonly nameClaim: string;
}

/** A token that is genuine and valid now. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly name: string;
  readonly claims: Claims;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** @throws Unauthenticated */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

/** Checks signature, issuer, audience and times of JSON Web Tokens. `now` is in milliseconds since 1970. */
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
      throw new Unauthenticated('invalid', `The token has no claim "${nameClaim}" that says whose it is.`);
    }
    const expiry = (claims.exp ?? 0) * 1000;
    // Within the skew a token lasts until its end, rather than be over as soon as it is taken.
    const expiresAt = expiry > now() ? expiry : expiry + clockSkewSeconds * 1000;
    return { issuer: claims.iss ?? '', name, claims, expiresAt };
  };
}

/** The last second that a `Date` can hold, in the year 275760. */
const lastSecond = 8.64e12;

/** JSON has numbers that are no time, `1e400` among them, which would be read as a token that never ends. */
function checkTimes(claims: JWTPayload): void {
  for (const name of ['exp', 'nbf', 'iat'] as const) {
    const time: unknown = claims[name];
    if (time === undefined || (typeof time === 'number' && time >= 0 && time <= lastSecond)) continue;
    throw new Unauthenticated(
      'invalid',
      `The token's claim "${name}" is not a time from 0 to ${lastSecond} seconds since 1970.`,
    );
  }
}

async function verify(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw refusal(error);
    // The token names no key and several would fit.
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

/** Told in words of our own, without a cause: the library's errors carry what the token says. */
function refusal(error: unknown): Unauthenticated {
  if (error instanceof Unauthenticated) return error;
  if (error instanceof errors.JWTExpired) return new Unauthenticated('expired', 'The token has expired.');
  return new Unauthenticated('invalid', `The token is not valid here: ${explain(error)}.`);
}

function explain(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === 'missing') return `it has no claim "${claim}"`;
    if (claim === 'iss') return 'it is not by an issuer whose tokens are taken';
    if (claim === 'aud') return 'it is for another audience';
    if (claim === 'nbf' && reason === 'check_failed') return 'it does not hold yet';
    return `its claim "${claim}" is wrong`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is not signed by an algorithm that is taken';
  if (error instanceof errors.JWKSNoMatchingKey) return 'it is signed by a key that the issuer does not publish';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  return 'it is no signed JSON Web Token';
}
