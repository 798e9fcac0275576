import { LRUCache } from 'lru-cache';
import { isPromise, type MaybePromise } from '../../../runtime/maybe-promise.js';
import type { AccessRegistry } from '../access/access-registry.js';
import { fingerprint } from '../access/claims.js';
import type { PrincipalReference } from '../../../domain/access/principal.js';
import { hashOf, isApiKey } from './api-key.js';
import {
  anonymousIdentity,
  createAnonymousIdentity,
  apiKeyIdentity,
  RegisteredPrincipal,
  type Identity,
} from './identity.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';
import { Unauthenticated, type UnauthenticatedReason } from './unauthenticated.js';

/** Identifies the caller of a request, in the same way for HTTP, event streams, multipart and WebSockets. */
export interface Authenticator {
  /**
   * Identifies the caller by the value of the `Authorization` header, or by its counterpart in `connection_init`. Returns the identity
   * itself if it is cached, a promise otherwise.
   * @throws Unauthenticated; the promise may reject with it, too
   */
  authenticate(this: void, authorization: string | undefined): MaybePromise<Identity>;
  /** The caller of a reference with its current permissions; undefined if it is no longer admitted. Absent if callers have no references. */
  recall?(this: void, reference: PrincipalReference): Identity | undefined;
  /**
   * Calls `changed` after grants or API keys have changed. Returns a function that removes the callback. Absent if nothing ever
   * changes and no identity expires.
   */
  onChange?(this: void, changed: () => void): () => void;
}

/** Admits every request without credentials, with every permission. */
export const allowAnonymous: Authenticator = {
  authenticate: () => anonymousIdentity,
  recall: () => anonymousIdentity,
};

export interface AuthenticatorOptions {
  readonly registry: AccessRegistry;
  /** Absent if only API keys are accepted. */
  readonly verifyToken?: TokenVerifier | undefined;
  /** Called for each unauthenticated request. */
  readonly onRefused?: ((reason: UnauthenticatedReason) => void) | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** A longer header is refused without being hashed. */
const maxLength = 8_192;
const maxCached = 10_000;
/** A token is verified again after this time, so that a withdrawn key of its issuer is not accepted much longer. */
const cacheForMs = 300_000;

/**
 * Accepts the API keys of the access file and the tokens of an issuer. Verified credentials are cached, so that later requests cost
 * one hash.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { registry, verifyToken, onRefused, now = Date.now } = options;
  // By the hash of the whole header.
  const cache = new LRUCache<string, Identity>({ max: maxCached, ttl: cacheForMs });
  const verifying = new Map<string, Promise<Identity>>();
  const anonymous = createAnonymousIdentity(registry);

  const cached = (hash: string): Identity | undefined => {
    const identity = cache.get(hash);
    if (!identity || identity.expiresAt > now()) return identity;
    cache.delete(hash);
    return undefined;
  };
  const byApiKey = (token: string, hash: string): Identity => {
    const sha256 = hashOf(token);
    const key = registry.rules.findApiKey(sha256);
    if (!key) throw new Unauthenticated('unknown', 'The API key is unknown or was revoked.');
    const identity = apiKeyIdentity(registry, sha256, key.name);
    if (identity.expiresAt <= now()) throw new Unauthenticated('expired', 'The API key has expired.');
    cache.set(hash, identity);
    return identity;
  };
  const byToken = (token: string, hash: string, verify: TokenVerifier): Promise<Identity> => {
    const existing = verifying.get(hash);
    if (existing) return existing;
    const verified = verify(token)
      .then((token) => {
        const identity = tokenIdentity(registry, token);
        cache.set(hash, identity);
        return identity;
      })
      .finally(() => verifying.delete(hash));
    verifying.set(hash, verified);
    return verified;
  };
  const identify = (authorization: string | undefined): MaybePromise<Identity> => {
    if (authorization === undefined) {
      if (registry.rules.anonymous) return anonymous;
      throw new Unauthenticated('missing', `Expected ${expected}.`);
    }
    if (authorization.length > maxLength) throw malformed(`a token of at most ${maxLength} characters`);
    const hash = hashOf(authorization);
    const identity = cached(hash);
    if (identity) return identity;
    const token = bearerToken(authorization);
    if (isApiKey(token)) return byApiKey(token, hash);
    if (!verifyToken) throw new Unauthenticated('invalid', 'This server accepts only API keys.');
    return byToken(token, hash, verifyToken);
  };
  const refuse = (error: unknown): never => {
    if (error instanceof Unauthenticated) onRefused?.(error.reason);
    throw error;
  };
  return {
    authenticate(authorization) {
      try {
        const identity = identify(authorization);
        return isPromise(identity) ? identity.catch(refuse) : identity;
      } catch (error) {
        return refuse(error);
      }
    },
    recall(reference) {
      const identity = recalled(reference);
      return identity && identity.expiresAt > now() ? identity : undefined;
    },
    onChange: (changed) => registry.onChange(changed),
  };

  function recalled(reference: PrincipalReference): Identity | undefined {
    switch (reference.kind) {
      case 'anonymous':
        return registry.rules.anonymous && anonymous;
      case 'apiKey': {
        const key = registry.rules.findApiKey(reference.sha256);
        return key && apiKeyIdentity(registry, reference.sha256, key.name);
      }
      case 'token': {
        const { expiresAt } = reference;
        return { principal: tokenPrincipal(registry, reference), subject: reference.key, expiresAt };
      }
    }
  }
}

const expected = '"authorization: Bearer …" with a token or an API key';

/** Parses the header by RFC 6750, section 2.1. */
function bearerToken(authorization: string): string {
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw malformed(expected);
  return token;
}

function malformed(what: string): Unauthenticated {
  return new Unauthenticated('malformed', `Expected ${what}.`);
}

function tokenIdentity(registry: AccessRegistry, { issuer, name, claims, expiresAt }: VerifiedToken): Identity {
  const subject = JSON.stringify(['token', issuer, name]);
  const key = `${subject}:${fingerprint(claims)}`;
  const principal = tokenPrincipal(registry, { kind: 'token', key, name, claims, expiresAt });
  return { principal, subject, expiresAt };
}

function tokenPrincipal(
  registry: AccessRegistry,
  reference: Extract<PrincipalReference, { readonly kind: 'token' }>,
): RegisteredPrincipal {
  const { key, name, claims } = reference;
  return new RegisteredPrincipal({ key, name, reference }, registry, (rules) => rules.rolesOf(claims));
}
