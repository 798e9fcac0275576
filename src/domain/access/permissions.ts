/**
 * What a grant allows, as `noun:action`. `read` looks, `write` changes data, `admin` changes what holds it.
 *
 * - `clusters`: clusters, their nodes, endpoints, tags and state; `admin` makes, changes, deletes, fails over and connects them
 * - `users`: users and user groups of ElastiCache
 * - `keys`: keys of any type and what they hold, but for a stream's entries
 * - `channels`: `read` subscribes and lists, `write` publishes
 * - `streams`: entries of streams; `write` adds and deletes them
 * - `groups`: consumer groups; `read` sees what is pending, `write` takes entries and acknowledges them, `admin` makes groups
 * - `server`: what this API tells of itself: its metrics and the state of its connections
 */
export const permissions = [
  'clusters:read',
  'clusters:admin',
  'users:read',
  'users:admin',
  'keys:read',
  'keys:write',
  'channels:read',
  'channels:write',
  'streams:read',
  'streams:write',
  'groups:read',
  'groups:write',
  'groups:admin',
  'server:read',
] as const;
export type Permission = (typeof permissions)[number];

/** All operations that a pattern of a grant means: `keys:read`, `keys:*`, `*:read` or `*`; none where it names nothing. */
export function permissionsMatching(pattern: string): readonly Permission[] {
  const [noun, action, ...more] = pattern === '*' ? ['*', '*'] : pattern.split(':');
  return permissions.filter((operation) => {
    const [itsNoun, itsAction] = operation.split(':');
    return (noun === '*' || noun === itsNoun) && (action === '*' || action === itsAction) && more.length === 0;
  });
}

/** Whether it is done to a cluster or to what one holds: users belong to no cluster, and the server is this API. */
export function isInClusters(permission: Permission): boolean {
  return !permission.startsWith('users:') && !permission.startsWith('server:');
}
