import { createGlob } from '../../runtime/glob.js';
import { isInClusters, permissionsMatching, type Permission } from './permissions.js';

/**
 * One set of permissions of a role: those that the patterns in `operations` match (the access file's name for permissions), on
 * resources in `clusters` whose names match the patterns of their kind. Patterns are Valkey's globs. A kind without patterns is not granted.
 */
export interface Grant {
  /** `keys:read`, `keys:*`, `*:read`, `*`. */
  readonly operations: readonly string[];
  /** Patterns of cluster names, in any case. */
  readonly clusters: readonly string[];
  /** Patterns of the names of keys, streams included. */
  readonly keys: readonly string[];
  readonly channels: readonly string[];
  /** Patterns of the names of consumer groups. */
  readonly groups: readonly string[];
}

/** The resource that a permission is checked for. Parts that are undefined are not checked. */
export interface Resource {
  readonly cluster?: string | undefined;
  /** Permission is required for every cluster, existing or not: only the pattern `*` gives it. */
  readonly allClusters?: boolean | undefined;
  readonly key?: Buffer | undefined;
  /** A pattern of keys: permission is required for every key that it can match, existing or not. */
  readonly keyPattern?: Buffer | undefined;
  readonly channel?: Buffer | undefined;
  /** A pattern of channels, as for PSUBSCRIBE. */
  readonly channelPattern?: Buffer | undefined;
  readonly group?: Buffer | undefined;
}

/** The permissions of one caller. Immutable: the same question always has the same answer. */
export interface Access {
  /** The grants themselves, for the GraphQL field `viewer`. */
  readonly grants: readonly Grant[];
  /** Tests whether a single grant gives the permission, on this resource if one is given. */
  may(permission: Permission, resource?: Resource): boolean;
  /** Tests whether any grant applies within the cluster, so that its name may be shown. */
  sees(cluster: string): boolean;
}

const all = ['*'];

/** The grant of everything, for callers of a server without authentication. */
const everything: Grant = { operations: all, clusters: all, keys: all, channels: all, groups: all };

/** Creates the decisions from grants. Patterns are compiled once. */
export function createAccess(grants: readonly Grant[]): Access {
  const rules = grants.map(createRule);
  return {
    grants,
    may: (operation, resource = {}) => rules.some((rule) => rule.allows(operation, resource)),
    sees: (cluster) => rules.some((rule) => rule.reaches(cluster)),
  };
}

interface Rule {
  allows(permission: Permission, resource: Resource): boolean;
  reaches(cluster: string): boolean;
}

function createRule(grant: Grant): Rule {
  const permissions = new Set(grant.operations.flatMap(permissionsMatching));
  const isOfClusters = [...permissions].some(isInClusters);
  const isCluster = anyOf(grant.clusters.map((pattern) => pattern.toLowerCase()));
  const isWithin = (cluster: string): boolean =>
    isCluster === anything || isCluster(Buffer.from(cluster.toLowerCase()));
  const [isKey, isChannel, isGroup] = [anyOf(grant.keys), anyOf(grant.channels), anyOf(grant.groups)];
  const [coversKeys, coversChannels] = [covering(grant.keys), covering(grant.channels)];
  return {
    reaches: (cluster) => isOfClusters && isWithin(cluster),
    allows: (operation, { cluster, allClusters, key, keyPattern, channel, channelPattern, group }) =>
      permissions.has(operation) &&
      (cluster === undefined || isWithin(cluster)) &&
      (allClusters !== true || isCluster === anything) &&
      (key === undefined || isKey(key)) &&
      (keyPattern === undefined || coversKeys(keyPattern)) &&
      (channel === undefined || isChannel(channel)) &&
      (channelPattern === undefined || coversChannels(channelPattern)) &&
      (group === undefined || isGroup(group)),
  };
}

type Test = (name: Buffer) => boolean;

const anything: Test = () => true;

function anyOf(patterns: readonly string[]): Test {
  if (patterns.includes('*')) return anything;
  const globs = patterns.map((pattern) => createGlob(Buffer.from(pattern)));
  return (name) => globs.some((matches) => matches(name));
}

/** Characters that make a name a pattern. */
const special = /[*?[\\]/;

/**
 * Creates a test whether every name that a pattern matches is also matched by a granted pattern. It accepts a plain
 * name that is granted, a pattern that equals a granted one, and a pattern that begins with the prefix of a granted
 * `prefix*`. It may reject a pattern that is covered, but never accepts one that is not. (Valkey itself accepts equal
 * patterns only: its documentation of ACL, "Pub/Sub channels".)
 */
function covering(granted: readonly string[]): Test {
  const isName = anyOf(granted);
  const same = new Set(granted.map((pattern) => Buffer.from(pattern).toString('latin1')));
  const prefixes = granted
    .filter((pattern) => pattern.endsWith('*') && !special.test(pattern.slice(0, -1)))
    .map((pattern) => Buffer.from(pattern.slice(0, -1)).toString('latin1'));
  return (requested) => {
    const pattern = requested.toString('latin1');
    const [plain = ''] = pattern.split(special, 1);
    if (plain === pattern) return isName(requested);
    return same.has(pattern) || prefixes.some((prefix) => plain.startsWith(prefix));
  };
}

/** The access of callers without restrictions. Declared last, because it is created while this module loads. */
export const unrestricted: Access = createAccess([everything]);
