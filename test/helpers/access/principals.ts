import { unrestricted, type Access } from '../../../src/domain/access/access.js';
import type { Principal } from '../../../src/domain/access/principal.js';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';

/** A caller of this name, with every permission by default. */
export function principal(name: string, access: Access = unrestricted): Principal {
  return { key: name, name, access, reference: { kind: 'anonymous' } };
}

/** Admits every caller under the name in `authorization`, which has no scheme. */
export const trustingNames: Authenticator = {
  authenticate: (authorization = 'anonymous') => ({
    principal: principal(authorization),
    subject: authorization,
    expiresAt: Infinity,
  }),
};
