import type { Engine } from '../cluster/cluster.js';
import { ExpectedFailure } from '../errors.js';
import type { AuthenticationType } from './user.js';

/** What a user group's rules look at in its users. */
export interface GroupMember {
  readonly userName: string;
  readonly engine: Engine;
  readonly authentication: { readonly type: AuthenticationType };
}

/**
 * Checks who is together in a user group: no two of one name; in a group of engine redis one *named* `default` and no
 * user of engine valkey; in a group of engine valkey nobody who enters without a password, and no need of a default.
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

/** What is asked of a cluster that is to let a user group in. */
export interface GroupUse {
  readonly clusterEngine: Engine;
  readonly tls: boolean;
  readonly userGroupEngines: readonly Engine[];
  readonly authToken: boolean;
}

/**
 * Checks that a cluster may have these user groups: at most one, over TLS only, not beside an AUTH token, and of engine
 * redis where the cluster is.
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
    throw refuse('A replication group of engine redis takes user groups of engine redis only.', path);
  }
}

function refuse(message: string, path: readonly string[] | undefined): ExpectedFailure {
  return new ExpectedFailure('INVALID_INPUT', message, { path, upstreamCode: 'InvalidParameterCombination' });
}
