import type { Access } from '../../../domain/access/access.js';
import { anonymous, type Principal, type PrincipalReference } from '../../../domain/access/principal.js';
import type { AccessRegistry } from '../access/access-registry.js';
import { noAccess, type AccessRules } from '../access/access-rules.js';

/** An authenticated caller, and when its credentials expire. */
export interface Identity {
  readonly principal: Principal;
  /** Identifies the caller. All tokens of one subject of one issuer have the same value, whatever their other claims are. */
  readonly subject: string;
  /** Milliseconds since 1970. `Infinity` if the credentials do not expire, in the past if they were revoked. */
  readonly expiresAt: number;
  /** Whether the credentials were revoked. If so, the client cannot continue with fresh ones. */
  readonly isRevoked?: boolean;
}

/** The identity of every caller if the server requires no authentication. */
export const anonymousIdentity: Identity = { principal: anonymous, subject: 'anonymous', expiresAt: Infinity };

const revoked = 0;

/** The identity of an API key. It is revoked when the key is removed from the access file. */
export function apiKeyIdentity(registry: AccessRegistry, sha256: string, name: string): Identity {
  const key = `key:${name}`;
  const principal = new RegisteredPrincipal(
    { key, name, reference: { kind: 'apiKey', sha256 } },
    registry,
    (rules) => rules.findApiKey(sha256)?.roles ?? [],
  );
  return new RegisteredIdentity(principal, () => {
    const apiKey = registry.rules.findApiKey(sha256);
    return apiKey?.name === name ? (apiKey.expiresAt ?? Infinity) : revoked;
  });
}

/** The identity of callers without credentials. It is revoked when the access file no longer admits them. */
export function createAnonymousIdentity(registry: AccessRegistry): Identity {
  const name = 'anonymous';
  const principal = new RegisteredPrincipal(
    { key: name, name, reference: { kind: 'anonymous' } },
    registry,
    (rules) => rules.anonymous ?? [],
  );
  return new RegisteredIdentity(principal, () => (registry.rules.anonymous ? Infinity : revoked));
}

/** An identity whose expiry follows the access file. */
class RegisteredIdentity implements Identity {
  readonly principal: Principal;
  readonly subject: string;
  readonly #expiry: () => number;

  constructor(principal: Principal, expiry: () => number) {
    this.principal = principal;
    this.subject = principal.key;
    this.#expiry = expiry;
  }

  get expiresAt(): number {
    return this.#expiry();
  }

  get isRevoked(): boolean {
    return this.expiresAt === revoked;
  }
}

/** A principal whose access follows the access file. A class rather than closures, because thousands may be cached. */
export class RegisteredPrincipal implements Principal {
  readonly #registry: AccessRegistry;
  readonly #roles: (rules: AccessRules) => readonly string[];
  #accessRules: AccessRules | undefined;
  #access: Access = noAccess;

  readonly key: string;
  readonly name: string;
  readonly reference: PrincipalReference;

  constructor(
    { key, name, reference }: Required<Pick<Principal, 'key' | 'name'>> & { readonly reference: PrincipalReference },
    registry: AccessRegistry,
    roles: (rules: AccessRules) => readonly string[],
  ) {
    this.key = key;
    this.name = name;
    this.reference = reference;
    this.#registry = registry;
    this.#roles = roles;
  }

  get access(): Access {
    const { rules } = this.#registry;
    if (this.#accessRules !== rules) {
      this.#access = rules.accessOf(this.#roles(rules));
      this.#accessRules = rules;
    }
    return this.#access;
  }
}
