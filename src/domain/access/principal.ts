import { unrestricted, type Access } from './access.js';

/** The authenticated caller and its permissions. */
export interface Principal {
  /** Equal for callers with the same view: they share results that depend on the caller. */
  readonly key: string;
  /** The name in logs and in `viewer`: a token's subject or an API key's name. */
  readonly name: string;
  /** The current permissions; replaced when the grants change. */
  readonly access: Access;
}

/** The caller of a server without authentication. It may do everything. */
export const anonymous: Principal = { key: 'anonymous', name: 'anonymous', access: unrestricted };
