import type { Access } from '../../domain/access/access.js';
import type { Principal, PrincipalReference } from '../../domain/access/principal.js';
import type { Identity } from '../admission/authentication/identity.js';

/**
 * The principal of a socket's caller, by its newest credentials: a fresh token of the same subject replaces the earlier one, and may
 * grant more or less.
 */
export class SocketPrincipal implements Principal {
  readonly key: string;
  readonly name: string;
  #identity: Identity;

  constructor(identity: Identity) {
    this.key = identity.principal.key;
    this.name = identity.principal.name;
    this.#identity = identity;
  }

  get access(): Access {
    return this.#identity.principal.access;
  }

  get reference(): PrincipalReference | undefined {
    return this.#identity.principal.reference;
  }

  get expiresAt(): number {
    return this.#identity.expiresAt;
  }

  get isRevoked(): boolean {
    return this.#identity.isRevoked === true;
  }

  /** The principal of the newest credentials. Subscribers with equal principals share results that depend on the caller. */
  get group(): Principal {
    return this.#identity.principal;
  }

  /** Returns false, and changes nothing, for the identity of another subject. */
  renew(identity: Identity): boolean {
    if (identity.subject !== this.#identity.subject) return false;
    this.#identity = identity;
    return true;
  }
}
