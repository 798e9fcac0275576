import type { Access } from '../../../domain/access/access.js';
import { anonymous, type Principal } from '../../../domain/access/principal.js';
import type { AccessRegistry } from '../access/access-registry.js';
import { nothing, type AccessRules } from '../access/access-rules.js';

/** An authenticated caller, and for how long. */
export interface Identity {
  readonly principal: Principal;
  /** Who it is, whatever else their token says: the same in every token of one subject of one issuer. */
  readonly subject: string;
  /** When it ends, in milliseconds since 1970; past already once it has been revoked, `Infinity` where it stands by itself. */
  readonly expiresAt: number;
  /** Whether it was taken back, rather than that its time is over: a client that asks for fresh credentials gets none. */
  readonly isRevoked?: boolean;
}

/** The identity of every caller if the server requires no authentication. */
export const anonymousIdentity: Identity = { principal: anonymous, subject: 'anonymous', expiresAt: Infinity };

const revoked = 0;

/** The identity of an API key, as long as the access file has it. */
export function apiKeyIdentity(registry: AccessRegistry, sha256: string, name: string): Identity {
  const subject = `key:${name}`;
  return {
    principal: new RegisteredPrincipal(subject, name, registry, (rules) => rules.findApiKey(sha256)?.roles ?? []),
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

/** The identity of callers without credentials, for as long as the access file admits them. */
export function createAnonymousIdentity(registry: AccessRegistry): Identity {
  const name = 'anonymous';
  return {
    principal: new RegisteredPrincipal(name, name, registry, (rules) => rules.anonymous ?? []),
    subject: name,
    get expiresAt() {
      return registry.rules.anonymous ? Infinity : revoked;
    },
    get isRevoked() {
      return this.expiresAt === revoked;
    },
  };
}

/** A principal whose access follows the access file. A class, since thousands may be remembered. */
export class RegisteredPrincipal implements Principal {
  readonly #registry: AccessRegistry;
  readonly #roles: (rules: AccessRules) => readonly string[];
  #decidedBy: AccessRules | undefined;
  #access: Access = nothing;

  constructor(
    readonly key: string,
    readonly name: string,
    registry: AccessRegistry,
    roles: (rules: AccessRules) => readonly string[],
  ) {
    this.#registry = registry;
    this.#roles = roles;
  }

  get access(): Access {
    const { rules } = this.#registry;
    if (this.#decidedBy !== rules) {
      this.#access = rules.accessOf(this.#roles(rules));
      this.#decidedBy = rules;
    }
    return this.#access;
  }
}
