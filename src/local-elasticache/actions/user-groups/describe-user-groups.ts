import type { DescribeUserGroupsMessage, DescribeUserGroupsResult } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import type { ActionContext } from '../action-context.js';
import { findUserGroup } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { userGroupView } from './user-group-view.js';

export function describeUserGroups(
  { account }: ActionContext,
  input: Decoded<DescribeUserGroupsMessage>,
): DescribeUserGroupsResult {
  const { state } = account;
  const chosen = input.UserGroupId === undefined ? state.userGroups : [findUserGroup(state, input.UserGroupId)];
  const { items, marker } = pageOf(chosen, ({ id }) => id, input);
  return { UserGroups: items.map((group) => userGroupView(account, group)), Marker: marker };
}
