import { unrestricted, type Access } from '../../src/domain/access.js';
import type { Principal } from '../../src/domain/principal.js';

/** Somebody of this name, who may do everything unless said otherwise. */
export function principal(name: string, access: Access = unrestricted): Principal {
  return { key: name, name, access };
}
