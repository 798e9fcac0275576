import { InvalidUserGroupStateFault$ } from '@aws-sdk/client-elasticache';
import type { Engine } from '../../../domain/cluster/cluster.js';
import { checkGroupUse } from '../../../domain/user/user-group-members.js';
import type { State } from '../../state/region-state.js';
import { fault } from '../../wire/fault.js';
import { findUserGroup } from '../shared/lookup.js';

/**
 * Checks the user groups for a replication group and returns their IDs as stored.
 * @throws AwsFault or ExpectedFailure if one does not exist, is not active, or violates a rule
 */
export function usableUserGroups(
  state: State,
  ids: readonly string[],
  { engine, tls, authToken }: { engine: Engine; tls: boolean; authToken: boolean },
): string[] {
  const userGroups = ids.map((id) => findUserGroup(state, id));
  const unready = userGroups.find(({ status }) => status === 'deleting');
  if (unready) throw fault(InvalidUserGroupStateFault$, `User group ${unready.id} has status ${unready.status}.`);
  checkGroupUse({ clusterEngine: engine, tls, authToken, userGroupEngines: userGroups.map((group) => group.engine) });
  return userGroups.map(({ id }) => id);
}
