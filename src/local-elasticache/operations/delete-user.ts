import {
  DefaultUserAssociatedToUserGroupFault$,
  InvalidUserStateFault$,
  type DeleteUserMessage,
  type User,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../domain/errors.js';
import type { Decoded } from '../wire/decode.js';
import { fault } from '../wire/fault.js';
import type { Endpoint } from './endpoint.js';
import { findUser } from './lookup.js';
import { userView } from './user-view.js';

/** Takes the user out of all its groups, and so out of their nodes, and then deletes it. */
export async function deleteUser({ account, groups }: Endpoint, input: Decoded<DeleteUserMessage>): Promise<User> {
  const { state } = account;
  const user = findUser(state, input.UserId);
  if (user.id === 'default') throw invalidInput('The user default cannot be deleted.');
  if (user.status !== 'active') {
    throw fault(InvalidUserStateFault$, `User ${user.id} has status ${user.status}. Only active users can be deleted.`);
  }
  const memberOf = state.userGroups.filter(({ userIds }) => userIds.includes(user.id));
  const needy = memberOf.find(({ engine }) => engine === 'REDIS' && user.name === 'default');
  if (needy) {
    throw fault(
      DefaultUserAssociatedToUserGroupFault$,
      `User ${user.id} is the default user of user group ${needy.id} and cannot be deleted before the group has another.`,
    );
  }

  user.status = 'deleting';
  const answer = userView(account, user);
  for (const group of memberOf) group.userIds = group.userIds.filter((id) => id !== user.id);
  await account.save();
  groups.later(`deleting user ${user.id}`, async () => {
    await groups.tellNodes();
    state.users = state.users.filter((other) => other !== user);
    Reflect.deleteProperty(state.tags, account.arn('user', user.id));
    account.record('user', user.id, `User ${user.id} deleted`);
    await account.save();
  });
  return answer;
}
