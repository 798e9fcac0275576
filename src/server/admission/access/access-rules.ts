import { createAccess, type Access, type Grant } from '../../../domain/access/access.js';
import { createGlob, type Glob } from '../../../runtime/glob.js';
import type { AccessFile, ApiKey } from './access-file.js';
import { textsOf, type ClaimPath, type Claims } from './claims.js';

/** An access file, ready to be asked. Never changes: another file makes other rules. */
export interface AccessRules {
  /** The API key of a SHA-256 in lower-case hexadecimal digits. */
  findApiKey(sha256: string): ApiKey | undefined;
  /** What the roles give together. The same object for the same roles. */
  accessOf(roles: readonly string[]): Access;
  /** The roles that a valid token's claims are bound to. */
  rolesOf(claims: Claims): readonly string[];
  /** The roles of callers without credentials; absent where these are refused. */
  readonly anonymous: readonly string[] | undefined;
}

/** Access that gives nothing. */
export const nothing: Access = createAccess([]);

export function createAccessRules({ roles, bindings, apiKeys, anonymous }: AccessFile): AccessRules {
  const grantsOf = new Map<string, readonly Grant[]>(Object.entries(roles).map(([name, { grants }]) => [name, grants]));
  const keys = new Map(apiKeys.map((key) => [key.sha256, key]));
  const tests = bindings.map((binding) => ({
    roles: binding.roles,
    holds: 'claim' in binding ? claimFits(binding.claim, createGlob(Buffer.from(binding.value))) : () => true,
  }));
  const known = new Map<string, Access>();
  return {
    findApiKey: (sha256) => keys.get(sha256),
    accessOf(names) {
      const distinct = [...new Set(names)].toSorted();
      const key = JSON.stringify(distinct);
      const access = known.get(key) ?? createAccess(distinct.flatMap((name) => grantsOf.get(name) ?? []));
      known.set(key, access);
      return access;
    },
    rolesOf: (claims) => tests.flatMap(({ holds, roles: bound }) => (holds(claims) ? bound : [])),
    anonymous: anonymous?.roles,
  };
}

function claimFits(claim: ClaimPath, fits: Glob): (claims: Claims) => boolean {
  return (claims) => textsOf(claims, claim).some((text) => fits(Buffer.from(text)));
}
