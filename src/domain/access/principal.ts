import { unrestricted, type Access } from './access.js';

/** The authenticated caller and its permissions. */
export interface Principal {
  /** Equal for callers with the same view: they share results that depend on the caller. */
  readonly key: string;
  /** The name in logs and in `viewer`: a token's subject or an API key's name. */
  readonly name: string;
  /** The current permissions; replaced when the grants change. */
  readonly access: Access;
  /** Absent for callers whose permissions cannot be found again. */
  readonly reference?: PrincipalReference | undefined;
}

/**
 * Identifies a caller later, and in another process, so that its current permissions can be found again. It is no credential: it is
 * never accepted from a client.
 */
export type PrincipalReference =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'apiKey'; readonly sha256: string }
  | {
      readonly kind: 'token';
      readonly key: string;
      readonly name: string;
      readonly claims: Readonly<Record<string, unknown>>;
      /** Milliseconds since 1970. */
      readonly expiresAt: number;
    };

/** The caller of a server without authentication. It may do everything. */
export const anonymous: Principal = {
  key: 'anonymous',
  name: 'anonymous',
  access: unrestricted,
  reference: { kind: 'anonymous' },
};
