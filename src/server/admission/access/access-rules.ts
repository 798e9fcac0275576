import { createAccess, type Access, type Grant } from '../../../domain/access/access.js';
import { createGlob, type Glob } from '../../../runtime/glob.js';
import type { AccessFile, ApiKey } from './access-file.js';
import { textsOf, type ClaimPath, type Claims } from './claims.js';

/** The rules of an access file, indexed for look-ups. Immutable: a changed file has new rules. */
export interface AccessRules {
  /** The API key with this SHA-256, in lower-case hexadecimal digits. */
  findApiKey(sha256: string): ApiKey | undefined;
  /** The union of the roles' grants. The same object for the same roles. */
  accessOf(roles: readonly string[]): Access;
  /** The roles that the file binds to a valid token's claims. */
  rolesOf(claims: Claims): readonly string[];
  /** The roles of callers without credentials. Undefined if the file does not admit them. */
  readonly anonymous: readonly string[] | undefined;
}

/** Access without any permission. */
export const noAccess: Access = createAccess([]);

export function createAccessRules({ roles, bindings, apiKeys, anonymous }: AccessFile): AccessRules {
  const grantsOf = new Map<string, readonly Grant[]>(Object.entries(roles).map(([name, { grants }]) => [name, grants]));
  const keys = new Map(apiKeys.map((key) => [key.sha256, key]));
  const matchers = bindings.map((binding) => ({
    roles: binding.roles,
    matches: 'claim' in binding ? claimMatcher(binding.claim, createGlob(Buffer.from(binding.value))) : () => true,
  }));
  const accessByRoles = new Map<string, Access>();
  return {
    findApiKey: (sha256) => keys.get(sha256),
    accessOf(names) {
      const distinct = [...new Set(names)].toSorted();
      const key = JSON.stringify(distinct);
      const access = accessByRoles.get(key) ?? createAccess(distinct.flatMap((name) => grantsOf.get(name) ?? []));
      accessByRoles.set(key, access);
      return access;
    },
    rolesOf: (claims) => matchers.flatMap(({ matches, roles: bound }) => (matches(claims) ? bound : [])),
    anonymous: anonymous?.roles,
  };
}

function claimMatcher(claim: ClaimPath, matches: Glob): (claims: Claims) => boolean {
  return (claims) => textsOf(claims, claim).some((text) => matches(Buffer.from(text)));
}
