import { parseAccessString } from '../../domain/user/access-string.js';
import { invalidInput } from '../../domain/errors.js';
import { userId as checkedUserId, userName as checkedUserName } from '../../domain/identifiers.js';
import { checkAuthentication } from '../../domain/user/passwords.js';
import { checkTags, type Tag } from '../../domain/tags.js';
import type { Engine } from '../../domain/cluster/cluster.js';
import type { AuthenticationType, NewAuthentication, NewUser, User, UserGroup } from '../../domain/user/user.js';
import type { Context } from '../shared/context.js';
import { requirePermission } from '../shared/access.js';
import { createIfAbsent, type Created } from '../shared/create-if-absent.js';
import { pageByName, type Page, type PageRequest } from '../shared/page.js';

interface AuthenticationInput {
  readonly type: AuthenticationType;
  readonly passwords?: readonly string[] | null | undefined;
}

export interface CreateUserInput {
  readonly userId: string;
  readonly userName: string;
  readonly accessString: string;
  readonly engine: Engine;
  readonly authentication: AuthenticationInput;
  readonly tags?: readonly Tag[] | null | undefined;
  readonly ifNotExists: boolean;
}

export interface ModifyUserInput {
  readonly userId: string;
  readonly accessString?: string | null | undefined;
  readonly appendAccessString?: string | null | undefined;
  readonly authentication?: AuthenticationInput | null | undefined;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];
const authenticationPaths = {
  type: at('authentication', 'type'),
  passwords: at('authentication', 'passwords'),
  userName: at('userName'),
} as const;

/** @throws Outage FORBIDDEN */
export async function users(context: Context, page: PageRequest): Promise<Page<User>> {
  requirePermission(context, 'users:read');
  return pageByName(await context.inventory.users(), ({ userId }) => userId, page);
}

/** Null if none exists. */
export async function userById(context: Context, userId: string): Promise<User | null> {
  requirePermission(context, 'users:read');
  return context.inventory.user(userId);
}

export async function userGroupsOfUser({ inventory }: Context, { userId }: User): Promise<readonly UserGroup[]> {
  const groups = await inventory.userGroups();
  return groups.filter(({ userIds }) => userIds.includes(userId));
}

/** @throws ExpectedFailure for input that breaks a rule, before ElastiCache is called, and for ElastiCache's refusals */
export async function createUser(context: Context, input: CreateUserInput): Promise<Created<User>> {
  requirePermission(context, 'users:admin');
  const { controlPlane, inventory } = context;
  const user = newUser(input);
  return createIfAbsent({
    ifNotExists: input.ifNotExists,
    label: `User ${user.userId}`,
    path: at('userId'),
    find: () => {
      inventory.forget();
      return inventory.user(user.userId);
    },
    create: () => controlPlane.createUser(user),
  });
}

function newUser(input: CreateUserInput): NewUser {
  const userId = checkedUserId(input.userId, at('userId'));
  const userName = checkedUserName(input.userName, at('userName'));
  parseAccessString(input.accessString, at('accessString'));
  const authentication = newAuthentication(input.authentication);
  checkAuthentication({ ...authentication, userId, userName }, (field) => authenticationPaths[field]);
  const tags = input.tags ?? [];
  checkTags(tags, at('tags'));
  return { userId, userName, accessString: input.accessString, engine: input.engine, authentication, tags };
}

function newAuthentication({ type, passwords }: AuthenticationInput): NewAuthentication {
  return { type, passwords: passwords ?? [] };
}

/** @throws ExpectedFailure as `createUser` does, and if no change is given */
export async function modifyUser(context: Context, input: ModifyUserInput): Promise<User> {
  requirePermission(context, 'users:admin');
  const { controlPlane } = context;
  const userId = checkedUserId(input.userId, at('userId'));
  const accessString = input.accessString ?? undefined;
  const appendAccessString = input.appendAccessString ?? undefined;
  const authentication = input.authentication ? newAuthentication(input.authentication) : undefined;
  if (accessString === undefined && appendAccessString === undefined && !authentication) {
    throw invalidInput('Expected accessString, appendAccessString or authentication, got none of them.', at());
  }
  if (accessString !== undefined && appendAccessString !== undefined) {
    throw invalidInput('Expected accessString or appendAccessString, got both.', at('appendAccessString'));
  }
  if (accessString !== undefined) parseAccessString(accessString, at('accessString'));
  if (appendAccessString !== undefined) parseAccessString(appendAccessString, at('appendAccessString'));
  if (authentication) {
    // The user's name is unknown here: ElastiCache checks that an IAM user's name equals its ID.
    checkAuthentication({ ...authentication, userId, userName: userId }, (field) => authenticationPaths[field]);
  }
  return controlPlane.modifyUser({ userId, accessString, appendAccessString, authentication });
}

/** Returns the last known state, with the status DELETING. */
export async function deleteUser(context: Context, input: { readonly userId: string }): Promise<User> {
  requirePermission(context, 'users:admin');
  const { controlPlane } = context;
  return controlPlane.deleteUser({ userId: checkedUserId(input.userId, at('userId')) });
}
