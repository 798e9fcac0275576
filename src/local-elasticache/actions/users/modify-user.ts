import { InvalidUserStateFault$, type ModifyUserMessage, type User } from '@aws-sdk/client-elasticache';
import { normalizeAccessString } from '../../../domain/user/access-string.js';
import { engineNamed } from '../../../domain/cluster/engines.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import { checkAuthentication } from '../../../domain/user/passwords.js';
import { checkGroupMembers } from '../../../domain/user/user-group-members.js';
import type { UserRecord } from '../../state/records/user.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import { passwordHash, readAuthentication } from '../shared/authentication-input.js';
import type { ChangeContext } from '../action-context.js';
import { findUser } from '../shared/lookup.js';
import { groupMembers } from '../user-groups/user-group-view.js';
import { userView } from './user-view.js';

/** Answers with status `modifying`. The user becomes `active` when the nodes of all its groups have applied the change. */
export function modifyUser({ account, groups, afterStored }: ChangeContext, input: Decoded<ModifyUserMessage>): User {
  const user = findUser(account.state, input.UserId);
  if (user.id === 'default')
    throw invalidInput('The user default cannot be modified. Create another user named default.');
  if (user.status !== 'active') {
    const message = `User ${user.id} has status ${user.status}. Only active users can be modified.`;
    throw fault(InvalidUserStateFault$, message);
  }
  const changes = readChanges(user, input);
  checkGroupsStill(account.state, { ...user, ...changes });

  Object.assign(user, changes, { status: 'modifying' });
  account.record('user', user.id, `User ${user.id} modified`);
  const answer = userView(account, user);
  afterStored(() =>
    groups.inBackground(`syncing the nodes of user ${user.id}`, async () => {
      await groups.syncNodes();
      await groups.change(({ state }) => void (findUser(state, user.id).status = 'active'));
    }),
  );
  return answer;
}

function readChanges(user: UserRecord, input: Decoded<ModifyUserMessage>): Partial<UserRecord> {
  const { AccessString: whole, AppendAccessString: appended, Engine: engine } = input;
  if (whole !== undefined && appended !== undefined) {
    throw new ExpectedFailure('INVALID_INPUT', 'AccessString and AppendAccessString cannot be used together.', {
      upstreamCode: 'InvalidParameterCombination',
    });
  }
  const accessString = appended === undefined ? whole : `${user.accessString} ${appended}`;
  const authentication = readAuthentication(input);
  if (accessString === undefined && !authentication && engine === undefined) {
    throw invalidInput('Expected a change: an access string, an authentication mode, passwords or an engine.');
  }
  if (authentication) checkAuthentication({ ...authentication, userId: user.id, userName: user.name });
  return {
    ...(accessString === undefined ? {} : { accessString: normalizeAccessString(accessString) }),
    ...(authentication
      ? { authentication: authentication.type, passwordHashes: authentication.passwords.map(passwordHash) }
      : {}),
    ...(engine === undefined ? {} : { engine: engineNamed(engine) }),
  };
}

/** A change must keep the rules of the groups that the user is in. */
function checkGroupsStill(state: State, changed: UserRecord): void {
  for (const group of state.userGroups.filter(({ userIds }) => userIds.includes(changed.id))) {
    const others = groupMembers(
      state,
      group.userIds.filter((id) => id !== changed.id),
    );
    checkGroupMembers(group.engine, [
      ...others,
      { ...changed, userName: changed.name, authentication: { type: changed.authentication } },
    ]);
  }
}
