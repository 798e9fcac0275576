import { unrestricted, type Access } from './access.js';

/** Who asks. */
export interface Principal {
  /** The same for two callers that may see the same: results that depend on who asks are shared by it. */
  readonly key: string;
  /** As logs and `viewer` name them: a token's subject, an API key's name. */
  readonly name: string;
  /** What they may do now; another one once the grants have changed. */
  readonly access: Access;
}

/** Whoever asks where nobody has to say who they are: may do everything. */
export const anonymous: Principal = { key: 'anonymous', name: 'anonymous', access: unrestricted };
