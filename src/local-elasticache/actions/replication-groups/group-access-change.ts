import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { engineNamed } from '../../../domain/cluster/engines.js';
import { invalidInput } from '../../../domain/errors.js';
import { checkAuthToken } from '../../../domain/user/passwords.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import { passwordHash } from '../shared/authentication-input.js';
import { usableUserGroups } from './group-users.js';
import { invalidCombination } from '../shared/refuse.js';

type AccessChange = Partial<
  Pick<
    ReplicationGroupRecord,
    'userGroupIds' | 'pendingUserGroups' | 'authTokenHashes' | 'authTokenModifiedAt' | 'pendingAuthToken'
  >
>;
type Request = Pick<
  ModifyReplicationGroupMessage,
  'AuthToken' | 'AuthTokenUpdateStrategy' | 'UserGroupIdsToAdd' | 'UserGroupIdsToRemove' | 'RemoveUserGroups' | 'Engine'
>;

/** Changes the access to the group's data: another user group, none, or another AUTH token. */
export function accessChange(state: State, group: ReplicationGroupRecord, input: Request): AccessChange {
  const token = tokenChange(group, input);
  const authToken = (token.authTokenHashes ?? group.authTokenHashes).length > 0;
  const engine = input.Engine === undefined ? group.engine : engineNamed(input.Engine);
  const add = (input.UserGroupIdsToAdd ?? []).map((id) => id.toLowerCase());
  const remove = removedGroups(group, input);
  const userGroupIds = [...group.userGroupIds.filter((id) => !remove.includes(id) && !add.includes(id)), ...add];
  const usable = usableUserGroups(state, userGroupIds, { engine, tls: group.tls, authToken });
  if (token.authTokenHashes?.length === 0 && usable.length === 0) {
    throw invalidCombination('AuthTokenUpdateStrategy DELETE requires a user group in its place.');
  }
  if (add.length + remove.length === 0) return token;
  return { ...token, userGroupIds: usable, pendingUserGroups: { add, remove } };
}

function removedGroups(group: ReplicationGroupRecord, input: Request): string[] {
  if (input.RemoveUserGroups === true) return group.userGroupIds;
  const remove = (input.UserGroupIdsToRemove ?? []).map((id) => id.toLowerCase());
  const missing = remove.find((id) => !group.userGroupIds.includes(id));
  if (missing === undefined) return remove;
  throw invalidInput(`User group ${missing.slice(0, 60)} is not associated with replication group ${group.id}.`);
}

/** SET keeps the new token only, ROTATE (the default) also the previous one, DELETE none. */
function tokenChange(group: ReplicationGroupRecord, input: Request): AccessChange {
  const { AuthToken: token } = input;
  // A client may send any text, although the SDK's type has three values.
  const strategy: string = input.AuthTokenUpdateStrategy ?? 'ROTATE';
  const authTokenModifiedAt = new Date().toISOString();
  if (strategy === 'DELETE') {
    if (token !== undefined) throw invalidCombination('AuthToken cannot be given with AuthTokenUpdateStrategy DELETE.');
    return { authTokenHashes: [], authTokenModifiedAt };
  }
  if (strategy !== 'SET' && strategy !== 'ROTATE') throw invalidInput('Expected a strategy of SET, ROTATE or DELETE.');
  if (token === undefined) {
    if (input.AuthTokenUpdateStrategy === undefined) return {};
    throw invalidCombination(`AuthTokenUpdateStrategy ${strategy} requires an AuthToken.`);
  }
  checkAuthToken(token, group.tls);
  const earlier = strategy === 'ROTATE' ? group.authTokenHashes.slice(0, 1) : [];
  const pendingAuthToken = strategy === 'ROTATE' ? 'ROTATING' : 'SETTING';
  return { authTokenHashes: [passwordHash(token), ...earlier], authTokenModifiedAt, pendingAuthToken };
}
