import {
  DefaultUserAssociatedToUserGroupFault$,
  InvalidUserStateFault$,
  type DeleteUserMessage,
  type User,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import type { AccountDraft } from '../../state/account.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { findUser } from '../shared/lookup.js';
import { userView } from './user-view.js';

/** Removes the user from all its groups, and so from their nodes; then deletes it. */
export function deleteUser({ account, groups, afterStored }: ChangeContext, input: Decoded<DeleteUserMessage>): User {
  const { state } = account;
  const user = findUser(state, input.UserId);
  if (user.id === 'default') throw invalidInput('The user default cannot be deleted.');
  if (user.status !== 'active') {
    throw fault(InvalidUserStateFault$, `User ${user.id} has status ${user.status}. Only active users can be deleted.`);
  }
  const memberOf = state.userGroups.filter(({ userIds }) => userIds.includes(user.id));
  const dependent = memberOf.find(({ engine }) => engine === 'REDIS' && user.name === 'default');
  if (dependent) {
    throw fault(
      DefaultUserAssociatedToUserGroupFault$,
      `User ${user.id} is the default user of user group ${dependent.id} and cannot be deleted before the group has another.`,
    );
  }

  user.status = 'deleting';
  const answer = userView(account, user);
  for (const group of memberOf) group.userIds = group.userIds.filter((id) => id !== user.id);
  afterStored(() =>
    groups.inBackground(`deleting user ${user.id}`, async () => {
      await groups.syncNodes();
      await groups.change((draft) => forget(draft, user.id));
    }),
  );
  return answer;
}

function forget({ state, arn, record }: AccountDraft, id: string): void {
  state.users = state.users.filter((user) => user.id !== id);
  Reflect.deleteProperty(state.tags, arn('user', id));
  record('user', id, `User ${id} deleted`);
}
