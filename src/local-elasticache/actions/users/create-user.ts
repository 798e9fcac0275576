import {
  UserAlreadyExistsFault$,
  UserQuotaExceededFault$,
  type CreateUserMessage,
  type User,
} from '@aws-sdk/client-elasticache';
import { normalizeAccessString } from '../../../domain/user/access-string.js';
import { engineNamed } from '../../../domain/cluster/engines.js';
import { userId, userName } from '../../../domain/identifiers.js';
import { checkAuthentication } from '../../../domain/user/passwords.js';
import type { UserRecord } from '../../state/records/user.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import { passwordHash, readAuthentication, unknownType } from '../shared/authentication-input.js';
import type { ChangeContext } from '../action-context.js';
import { readTags } from '../tags/tag-input.js';
import { userView } from './user-view.js';

const maxUsers = 1000;

export function createUser({ account }: ChangeContext, input: Decoded<CreateUserMessage>): User {
  const { state } = account;
  const id = userId(input.UserId);
  const name = userName(input.UserName);
  const engine = engineNamed(input.Engine);
  const accessString = normalizeAccessString(input.AccessString);
  const authentication = readAuthentication(input);
  if (!authentication) throw unknownType(undefined);
  checkAuthentication({ ...authentication, userId: id, userName: name });
  const tags = readTags(input.Tags);
  if (state.users.some((user) => user.id === id)) throw fault(UserAlreadyExistsFault$, `User ${id} already exists.`);
  if (state.users.length >= maxUsers) throw fault(UserQuotaExceededFault$, `At most ${maxUsers} users are allowed.`);

  const user: UserRecord = {
    id,
    name,
    engine,
    status: 'active',
    accessString,
    authentication: authentication.type,
    passwordHashes: authentication.passwords.map(passwordHash),
  };
  state.users.push(user);
  state.tags[account.arn('user', id)] = tags;
  account.record('user', id, `User ${id} created`);
  return userView(account, user);
}
