import type { Engine } from '../cluster/cluster.js';
import { ExpectedFailure } from '../errors.js';
import type { AuthenticationType } from './user.js';

/** The fields of a user that the rules of user groups depend on. */
export interface GroupMember {
  readonly userName: string;
  readonly engine: Engine;
  readonly authentication: { readonly type: AuthenticationType };
}

/**
 * Checks the members of a user group. Names are unique. A group of engine redis has a member *named* `default` and no
 * user of engine valkey. A group of engine valkey has no user without a password, and needs no `default`.
 * @throws ExpectedFailure DUPLICATE_USER_NAME, DEFAULT_USER_REQUIRED or INVALID_INPUT at `path`.
 */
export function checkGroupMembers(engine: Engine, members: readonly GroupMember[], path?: readonly string[]): void {
  const names = new Set<string>();
  for (const { userName, engine: userEngine, authentication } of members) {
    if (names.has(userName)) {
      throw new ExpectedFailure(
        'DUPLICATE_USER_NAME',
        `User group cannot contain two users with the user name ${userName}.`,
        {
          path,
          upstreamCode: 'DuplicateUserName',
        },
      );
    }
    names.add(userName);
    if (engine === 'REDIS' && userEngine === 'VALKEY') {
      throw refuse(`User ${userName} has engine valkey and cannot be in a user group of engine redis.`, path);
    }
    if (engine === 'VALKEY' && authentication.type === 'NO_PASSWORD') {
      throw refuse(
        `User ${userName} needs no password; a user group of engine valkey holds users with password or IAM authentication only.`,
        path,
      );
    }
  }
  if (engine === 'REDIS' && !names.has('default')) {
    throw new ExpectedFailure(
      'DEFAULT_USER_REQUIRED',
      'User group needs to contain a user with the user name default.',
      {
        path,
        upstreamCode: 'DefaultUserRequired',
      },
    );
  }
}

/** The use of user groups by a cluster. */
export interface GroupUse {
  readonly clusterEngine: Engine;
  readonly tls: boolean;
  readonly userGroupEngines: readonly Engine[];
  readonly authToken: boolean;
}

/**
 * Checks that a cluster may use these user groups: at most one, over TLS only, not together with an AUTH token, and of
 * engine redis if the cluster's engine is redis.
 * @throws ExpectedFailure INVALID_INPUT at `path`.
 */
export function checkGroupUse(
  { clusterEngine, tls, userGroupEngines, authToken }: GroupUse,
  path?: readonly string[],
): void {
  if (userGroupEngines.length === 0) return;
  if (userGroupEngines.length > 1) throw refuse('A replication group can have only one user group.', path);
  if (!tls) {
    throw refuse(
      'User group based access control requires encryption-in-transit to be enabled on the replication group.',
      path,
    );
  }
  if (authToken) throw refuse('An AUTH token and user groups cannot be used together.', path);
  if (clusterEngine === 'REDIS' && userGroupEngines.includes('VALKEY')) {
    throw refuse('A replication group of engine redis accepts user groups of engine redis only.', path);
  }
}

function refuse(message: string, path: readonly string[] | undefined): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { path, upstreamCode: 'InvalidParameterCombination' });
}
