import type { Access } from '../../domain/access/access.js';
import type { Principal } from '../../domain/access/principal.js';
import type { Identity } from '../admission/authentication/identity.js';

/**
 * Who is at the other end of a socket. A fresh token of the same subject may take the place of the one it came with, and may
 * say more or less of what they may do.
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

  get expiresAt(): number {
    return this.#identity.expiresAt;
  }

  get isRevoked(): boolean {
    return this.#identity.isRevoked === true;
  }

  /** Among whom results that depend on who asks are shared: by the newest token. */
  get group(): Principal {
    return this.#identity.principal;
  }

  /** False where it is somebody else's. */
  renew(identity: Identity): boolean {
    if (identity.subject !== this.#identity.subject) return false;
    this.#identity = identity;
    return true;
  }
}
