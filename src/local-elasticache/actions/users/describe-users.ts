import type { DescribeUsersMessage, DescribeUsersResult, User } from '@aws-sdk/client-elasticache';
import { engineNamed } from '../../../domain/cluster/engines.js';
import { invalidInput } from '../../../domain/errors.js';
import type { Decoded } from '../../wire/decode.js';
import type { ActionContext } from '../action-context.js';
import { findUser } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { userView } from './user-view.js';

export function describeUsers({ account }: ActionContext, input: Decoded<DescribeUsersMessage>): DescribeUsersResult {
  const { state } = account;
  const engine = input.Engine === undefined ? undefined : engineNamed(input.Engine);
  const chosen = input.UserId === undefined ? state.users : [findUser(state, input.UserId)];
  const filters = (input.Filters ?? []).map(({ Name = '', Values = [] }) => filterOf(Name, Values));
  const views = chosen
    .filter((user) => engine === undefined || user.engine === engine)
    .map((user) => userView(account, user))
    .filter((view) => filters.every((matches) => matches(view)));
  const { items, marker } = pageOf(views, ({ UserId = '' }) => UserId, input);
  return { Users: [...items], Marker: marker };
}

/** A filter by `user-id`, `user-name`, `user-group-id` or `engine`. */
function filterOf(name: string, values: readonly string[]): (user: User) => boolean {
  switch (name) {
    case 'user-id':
      return ({ UserId = '' }) => values.some((value) => value.toLowerCase() === UserId);
    case 'user-name':
      return ({ UserName = '' }) => values.includes(UserName);
    case 'user-group-id':
      return ({ UserGroupIds = [] }) => values.some((value) => UserGroupIds.includes(value.toLowerCase()));
    case 'engine':
      return ({ Engine = '' }) => values.some((value) => value.toLowerCase() === Engine);
  }
  throw invalidInput('Expected a filter named user-id, user-name, user-group-id or engine.');
}
