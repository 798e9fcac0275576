import {
  CreateUserCommand,
  DeleteUserCommand,
  DescribeUsersCommand,
  ModifyUserCommand,
  type AuthenticationMode,
  type User as AwsUser,
} from '@aws-sdk/client-elasticache';
import type { AuthenticationType, NewAuthentication, User, UserStatus } from '../../../domain/user/user.js';
import type { ElastiCacheCalls } from '../calls.js';
import { allPages } from './pages.js';
import type { ControlPlane } from '../interfaces.js';
import { awsTag, engineOf, oneOf } from './shapes.js';

/** The control plane's methods for users. */
export function createUsers(
  calls: ElastiCacheCalls,
): Pick<ControlPlane, 'users' | 'createUser' | 'modifyUser' | 'deleteUser'> {
  return {
    async users() {
      const users = await allPages(async (Marker) => {
        const page = await calls.read((client) => client.send(new DescribeUsersCommand({ Marker })));
        return { items: page.Users, marker: page.Marker };
      });
      return users.map(userOf);
    },
    async createUser({ userId, userName, accessString, engine, authentication, tags }) {
      const command = new CreateUserCommand({
        UserId: userId,
        UserName: userName,
        Engine: engine.toLowerCase(),
        AccessString: accessString,
        AuthenticationMode: authenticationMode(authentication),
        ...(tags.length > 0 && { Tags: tags.map(awsTag) }),
      });
      return userOf(await calls.write('createUser', (client) => client.send(command), authentication.passwords));
    },
    async modifyUser({ userId, accessString, appendAccessString, authentication }) {
      const command = new ModifyUserCommand({
        UserId: userId,
        AccessString: accessString,
        AppendAccessString: appendAccessString,
        AuthenticationMode: authentication && authenticationMode(authentication),
      });
      return userOf(await calls.write('modifyUser', (client) => client.send(command), authentication?.passwords));
    },
    async deleteUser({ userId }) {
      const command = new DeleteUserCommand({ UserId: userId });
      return userOf(await calls.write('deleteUser', (client) => client.send(command)));
    },
  };
}

const statuses: Readonly<Record<string, UserStatus>> = {
  active: 'ACTIVE',
  modifying: 'MODIFYING',
  deleting: 'DELETING',
};
const authenticationTypes: Readonly<Record<string, AuthenticationType>> = {
  password: 'PASSWORD',
  'no-password': 'NO_PASSWORD',
  iam: 'IAM',
};
/** Requests and responses use different words: ElastiCache accepts `no-password-required` and returns `no-password`. */
const authenticationModes = { PASSWORD: 'password', NO_PASSWORD: 'no-password-required', IAM: 'iam' } as const;

function authenticationMode({ type, passwords }: NewAuthentication): AuthenticationMode {
  return { Type: authenticationModes[type], ...(passwords.length > 0 && { Passwords: [...passwords] }) };
}

function userOf(user: AwsUser): User {
  return {
    userId: user.UserId ?? '',
    userName: user.UserName ?? '',
    arn: user.ARN ?? '',
    status: oneOf(user.Status, statuses) ?? 'UNKNOWN',
    engine: engineOf(user.Engine) ?? 'REDIS',
    accessString: user.AccessString ?? '',
    authentication: {
      type: oneOf(user.Authentication?.Type, authenticationTypes) ?? 'PASSWORD',
      passwordCount: user.Authentication?.PasswordCount ?? 0,
    },
    userGroupIds: user.UserGroupIds ?? [],
  };
}
