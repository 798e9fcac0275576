import { expect, it } from 'vitest';
import { nodeUsers } from '../../../../src/local-elasticache/lifecycle/node-users.js';
import type { ReplicationGroupRecord } from '../../../../src/local-elasticache/state/records/replication-group.js';
import type { UserRecord } from '../../../../src/local-elasticache/state/records/user.js';
import { initialState } from '../../../../src/local-elasticache/state/region-state.js';

const user = (id: string, accessString: string): UserRecord => ({
  id,
  name: id,
  engine: 'VALKEY',
  status: 'active',
  accessString,
  authentication: 'PASSWORD',
  passwordHashes: ['aa', 'bb'],
});

function usersOf(members: readonly UserRecord[], group: Partial<ReplicationGroupRecord> = {}) {
  const state = initialState('us-east-1');
  state.users.push(...members);
  state.userGroups.push({ id: 'g', engine: 'VALKEY', status: 'active', userIds: members.map(({ id }) => id) });
  return nodeUsers({ userGroupIds: ['g'], authTokenHashes: [], ...group } as unknown as ReplicationGroupRecord, state);
}

it('contain password hashes, all channels unless the access string restricts them, and a disabled default user', () => {
  expect(usersOf([user('app', 'on ~app:* -@all +get')])).toEqual([
    { name: 'app', rules: ['on', '#aa', '#bb', '~app:*', '&*', '-@all', '+get'] },
    { name: 'default', rules: ['off'] },
  ]);
});

it('omit commands that the local engine lacks and keep the order of the rest', () => {
  const [app] = usersOf([user('app', 'on ~* &x -@all +@read +json.get +hexpire +@search -get')]);
  expect(app?.rules).toEqual(['on', '#aa', '#bb', '~*', 'resetchannels', '&x', '-@all', '+@read', '-get']);
});

it('block administrative commands in selectors', () => {
  const [app] = usersOf([user('app', 'on (~* +@all)')]);
  expect(app?.rules.at(-1)).toMatch(/^\(~\* resetchannels \+@all .*-config.*-shutdown.*\)$/);
});

it('accept everybody without user groups, with the AUTH token if there is one', () => {
  expect(usersOf([], { userGroupIds: [] })[0]?.rules).toContain('nopass');
  const [open] = usersOf([], { userGroupIds: [], authTokenHashes: ['cc'] });
  expect(open?.rules).toContain('#cc');
  expect(open?.rules).not.toContain('nopass');
});
