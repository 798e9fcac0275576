import { LRUCache } from 'lru-cache';
import { isPromise, type MaybePromise } from '../../../runtime/maybe-promise.js';
import type { AccessRegistry } from '../access/access-registry.js';
import { fingerprint } from '../access/claims.js';
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

/** Says who somebody is: the same for HTTP, event streams, multipart and WebSockets, before anything else is looked at. */
export interface Authenticator {
  /**
   * By the value of the `Authorization` header, or what takes its place on a WebSocket: at once where it is known already.
   * @throws Unauthenticated also by rejecting
   */
  authenticate(this: void, authorization: string | undefined): MaybePromise<Identity>;
  /**
   * `changed` is called after grants or API keys have changed. Returns its undo. Absent where nothing ever changes and no
   * identity ends.
   */
  onChange?(this: void, changed: () => void): () => void;
}

/** Admits every request without credentials, with every permission. */
export const allowAnonymous: Authenticator = { authenticate: () => anonymousIdentity };

export interface AuthenticatorOptions {
  readonly registry: AccessRegistry;
  /** Absent where only API keys are taken. */
  readonly verifyToken?: TokenVerifier | undefined;
  /** Told of everybody who is not let in. */
  readonly onRefused?: ((reason: UnauthenticatedReason) => void) | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** Longer ones are refused unseen. */
const maxLength = 8_192;
const maxRemembered = 10_000;
/** A token is checked again after this long, so that a key that its issuer has withdrawn does not serve much longer. */
const rememberForMs = 300_000;

/** Takes the API keys of the access file and the tokens of an issuer; what was checked once costs a hash from then on. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { registry, verifyToken, onRefused, now = Date.now } = options;
  // By the hash of all that was sent.
  const remembered = new LRUCache<string, Identity>({ max: maxRemembered, ttl: rememberForMs });
  const verifying = new Map<string, Promise<Identity>>();
  const anonymous = createAnonymousIdentity(registry);

  const knownNow = (hash: string): Identity | undefined => {
    const identity = remembered.get(hash);
    if (!identity || identity.expiresAt > now()) return identity;
    remembered.delete(hash);
    return undefined;
  };
  const byApiKey = (token: string, hash: string): Identity => {
    const sha256 = hashOf(token);
    const key = registry.rules.findApiKey(sha256);
    if (!key) throw new Unauthenticated('unknown', 'The API key is not known, or no longer.');
    const identity = apiKeyIdentity(registry, sha256, key.name);
    if (identity.expiresAt <= now()) throw new Unauthenticated('expired', 'The API key has expired.');
    remembered.set(hash, identity);
    return identity;
  };
  const byToken = (token: string, hash: string, verify: TokenVerifier): Promise<Identity> => {
    const existing = verifying.get(hash);
    if (existing) return existing;
    const verified = verify(token)
      .then((known) => {
        const identity = tokenIdentity(registry, known);
        remembered.set(hash, identity);
        return identity;
      })
      .finally(() => verifying.delete(hash));
    verifying.set(hash, verified);
    return verified;
  };
  const find = (authorization: string | undefined): MaybePromise<Identity> => {
    if (authorization === undefined) {
      if (registry.rules.anonymous) return anonymous;
      throw new Unauthenticated('missing', `Expected ${expected}.`);
    }
    if (authorization.length > maxLength) throw malformed(`a token of at most ${maxLength} characters`);
    const hash = hashOf(authorization);
    const known = knownNow(hash);
    if (known) return known;
    const token = bearerToken(authorization);
    if (isApiKey(token)) return byApiKey(token, hash);
    if (!verifyToken) throw new Unauthenticated('invalid', 'Only API keys are taken here.');
    return byToken(token, hash, verifyToken);
  };
  const tell = (error: unknown): never => {
    if (error instanceof Unauthenticated) onRefused?.(error.reason);
    throw error;
  };
  return {
    authenticate(authorization) {
      try {
        const found = find(authorization);
        return isPromise(found) ? found.catch(tell) : found;
      } catch (error) {
        return tell(error);
      }
    },
    onChange: (changed) => registry.onChange(changed),
  };
}

const expected = '"authorization: Bearer …" with a token or an API key';

/** RFC 6750, section 2.1. */
function bearerToken(authorization: string): string {
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw malformed(expected);
  return token;
}

function malformed(instead: string): Unauthenticated {
  return new Unauthenticated('malformed', `Expected ${instead}.`);
}

function tokenIdentity(registry: AccessRegistry, { issuer, name, claims, expiresAt }: VerifiedToken): Identity {
  const subject = JSON.stringify(['token', issuer, name]);
  const key = `${subject}:${fingerprint(claims)}`;
  const principal = new RegisteredPrincipal(key, name, registry, (rules) => rules.rolesOf(claims));
  return { principal, subject, expiresAt };
}
