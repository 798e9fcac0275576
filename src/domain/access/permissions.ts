/**
 * The permissions of grants, as `noun:action`. `read` reads, `write` changes data, `admin` changes what contains the
 * data.
 *
 * - `clusters`: clusters, their nodes, endpoints, tags and state; `admin` creates, modifies, deletes, fails over and
 * connects them
 * - `users`: users and user groups of ElastiCache
 * - `keys`: keys of any type and their values, except the entries of streams
 * - `channels`: `read` subscribes and lists, `write` publishes
 * - `streams`: entries of streams; `write` adds and deletes them
 * - `groups`: consumer groups; `read` shows pending entries, `write` receives and acknowledges entries, `admin` creates,
 * deletes and positions groups
 * - `nodes`: what the nodes of a cluster report about all their clients: slow commands with their arguments, connections and statistics;
 * `admin` disconnects clients and resets the slow log
 * - `server`: this API itself: its metrics and the state of its connections
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
  'nodes:read',
  'nodes:admin',
  'server:read',
] as const;
export type Permission = (typeof permissions)[number];

/**
 * Returns the permissions that a pattern of a grant matches: `keys:read`, `keys:*`, `*:read` or `*`. Returns none for
 * any other text.
 */
export function permissionsMatching(pattern: string): readonly Permission[] {
  const [noun, action, ...more] = pattern === '*' ? ['*', '*'] : pattern.split(':');
  return permissions.filter((operation) => {
    const [itsNoun, itsAction] = operation.split(':');
    return (noun === '*' || noun === itsNoun) && (action === '*' || action === itsAction) && more.length === 0;
  });
}

/** Tests whether a permission concerns a cluster or its content. Users belong to no cluster, and the server is this API. */
export function isInClusters(permission: Permission): boolean {
  return !permission.startsWith('users:') && !permission.startsWith('server:');
}
