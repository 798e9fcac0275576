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
  const subject = `key:${name}`;
  return {
    principal: new RegisteredPrincipal(
      { key: subject, name, reference: { kind: 'apiKey', sha256 } },
      registry,
      (rules) => rules.findApiKey(sha256)?.roles ?? [],
    ),
    subject,
    get expiresAt() {
      const key = registry.rules.findApiKey(sha256);
      return key?.name === name ? (key.expiresAt ?? Infinity) : revoked;
    },
    get isRevoked() {
      return this.expiresAt === revoked;
    },
  };
}

/** The identity of callers without credentials. It is revoked when the access file no longer admits them. */
export function createAnonymousIdentity(registry: AccessRegistry): Identity {
  const name = 'anonymous';
  return {
    principal: new RegisteredPrincipal(
      { key: name, name, reference: { kind: 'anonymous' } },
      registry,
      (rules) => rules.anonymous ?? [],
    ),
    subject: name,
    get expiresAt() {
      return registry.rules.anonymous ? Infinity : revoked;
    },
    get isRevoked() {
      return this.expiresAt === revoked;
    },
  };
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
