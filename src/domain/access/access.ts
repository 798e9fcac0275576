import { createGlob } from '../../runtime/glob.js';
import { isInClusters, permissionsMatching, type Permission } from './permissions.js';

/**
 * One thing that a role may do: all of `operations`, on what lies in `clusters` and fits the patterns of its kind. Patterns are
 * Valkey's globs; what a grant does not name it does not give.
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

/** What an operation is done to. What is left out is not asked of the grant. */
export interface Resource {
  readonly cluster?: string | undefined;
  readonly key?: Buffer | undefined;
  /** A pattern of keys: all that it matches, whether they are there or not. */
  readonly keyPattern?: Buffer | undefined;
  readonly channel?: Buffer | undefined;
  /** A pattern of channels, as PSUBSCRIBE takes it. */
  readonly channelPattern?: Buffer | undefined;
  readonly group?: Buffer | undefined;
}

/** What one caller may do. Pure: the same questions have the same answers, for the grants that it was made of. */
export interface Access {
  /** For `viewer`. */
  readonly grants: readonly Grant[];
  /** Whether one grant has the operation, and on this very thing where one is named. */
  may(permission: Permission, resource?: Resource): boolean;
  /** Whether any grant of something that clusters hold reaches into this one, so that it may be named. */
  sees(cluster: string): boolean;
}

const all = ['*'];

/** Everything: of who runs the API, where nobody has to say who they are. */
const everything: Grant = { operations: all, clusters: all, keys: all, channels: all, groups: all };

/** Decides by the grants; their patterns are read once. */
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
    allows: (operation, { cluster, key, keyPattern, channel, channelPattern, group }) =>
      permissions.has(operation) &&
      (cluster === undefined || isWithin(cluster)) &&
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

/** What makes a name a pattern. */
const special = /[*?[\\]/;

/**
 * Whether all that a pattern matches stays within the patterns granted: one that is no more than a name; the same one; or,
 * within a granted `prefix*`, one that begins with the prefix. Not every pattern within another is known as such; none is
 * taken for one that is not. (Valkey itself takes the same one only: its documentation of ACL, "Pub/Sub channels".)
 */
function covering(granted: readonly string[]): Test {
  const isName = anyOf(granted);
  const same = new Set(granted.map((pattern) => Buffer.from(pattern).toString('latin1')));
  const prefixes = granted
    .filter((pattern) => pattern.endsWith('*') && !special.test(pattern.slice(0, -1)))
    .map((pattern) => Buffer.from(pattern.slice(0, -1)).toString('latin1'));
  return (asked) => {
    const pattern = asked.toString('latin1');
    const [plain = ''] = pattern.split(special, 1);
    if (plain === pattern) return isName(asked);
    return same.has(pattern) || prefixes.some((prefix) => plain.startsWith(prefix));
  };
}

/** Of whoever may do everything. Last, since it is made while this module is loaded. */
export const unrestricted: Access = createAccess([everything]);
