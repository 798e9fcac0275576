import type { AuthenticationType, User } from '@aws-sdk/client-elasticache';
import type { AccountView } from '../../state/account.js';
import type { UserRecord } from '../../state/records/user.js';

const authenticationTypes = {
  PASSWORD: 'password',
  NO_PASSWORD: 'no-password',
  IAM: 'iam',
} as const satisfies Record<UserRecord['authentication'], AuthenticationType>;

/** Converts a user to the output of DescribeUsers. Of its passwords it contains only the number. */
export function userView({ state, arn }: AccountView, user: UserRecord): User {
  return {
    UserId: user.id,
    UserName: user.name,
    Status: user.status,
    Engine: user.engine.toLowerCase(),
    MinimumEngineVersion: user.engine === 'VALKEY' ? '7.2' : '6.0',
    AccessString: user.accessString,
    UserGroupIds: state.userGroups.filter(({ userIds }) => userIds.includes(user.id)).map(({ id }) => id),
    Authentication: {
      Type: authenticationTypes[user.authentication],
      ...(user.passwordHashes.length > 0 ? { PasswordCount: user.passwordHashes.length } : {}),
    },
    ARN: arn('user', user.id),
  };
}
