import type { AuthTokenStrategy } from '../../domain/cluster/new-cluster.js';
import { invalidInput } from '../../domain/errors.js';
import { userGroupId } from '../../domain/identifiers.js';
import { checkAuthToken } from '../../domain/user/passwords.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { refuseCacheCluster } from './cache-cluster.js';
import { existingCluster } from './cluster.js';

export interface SetAuthTokenInput {
  readonly cluster: string;
  readonly strategy: AuthTokenStrategy;
  readonly token?: string | null | undefined;
  readonly addUserGroupIds?: readonly string[] | null | undefined;
}

const path = ['input', 'token'];

/**
 * Sets, rotates or deletes the AUTH token of a cluster; returns its name.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, and for ElastiCache's refusals
 */
export async function setAuthToken(context: Context, input: SetAuthTokenInput): Promise<{ readonly name: string }> {
  requirePermission(context, 'clusters:admin', { cluster: input.cluster });
  const { strategy } = input;
  const token = input.token ?? undefined;
  if (strategy === 'DELETE' && token !== undefined) throw invalidInput('Expected no token with DELETE, got one.', path);
  if (strategy !== 'DELETE' && token === undefined) throw invalidInput(`Expected a token with ${strategy}.`, path);
  const groupsPath = ['input', 'addUserGroupIds'];
  const addUserGroupIds = (input.addUserGroupIds ?? []).map((id, index) =>
    userGroupId(id, [...groupsPath, String(index)]),
  );
  if (strategy !== 'DELETE' && addUserGroupIds.length > 0) {
    throw invalidInput(`Expected no user groups with ${strategy}: use \`modifyCluster\`.`, groupsPath);
  }
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  refuseCacheCluster(cluster, 'AUTH token', ['input', 'cluster']);
  if (token !== undefined) checkAuthToken(token, cluster.transitEncryption !== 'DISABLED', path);
  await context.controlPlane.setAuthToken({ cluster: cluster.name, strategy, token, addUserGroupIds });
  return { name: cluster.name };
}
