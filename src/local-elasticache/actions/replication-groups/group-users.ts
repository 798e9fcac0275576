import { InvalidUserGroupStateFault$ } from '@aws-sdk/client-elasticache';
import type { Engine } from '../../../domain/cluster/cluster.js';
import { checkGroupUse } from '../../../domain/user/user-group-members.js';
import type { State } from '../../state/model.js';
import { fault } from '../../wire/fault.js';
import { findUserGroup } from '../shared/lookup.js';

/**
 * The IDs, as they are stored, of the user groups that a replication group is to let in.
 * @throws AwsFault or ExpectedFailure where one does not exist, is not active, or does not fit.
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
