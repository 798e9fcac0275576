import { unrestricted, type Access } from '../../../src/domain/access/access.js';
import type { Principal } from '../../../src/domain/access/principal.js';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';

/** Somebody of this name, who may do everything unless said otherwise. */
export function principal(name: string, access: Access = unrestricted): Principal {
  return { key: name, name, access };
}

/** Lets everybody in as whom they name in `authorization`, without a scheme. */
export const takingNames: Authenticator = {
  authenticate: (authorization = 'nobody') => ({
    principal: principal(authorization),
    subject: authorization,
    expiresAt: Infinity,
  }),
};
