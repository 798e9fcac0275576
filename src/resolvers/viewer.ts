import type { Grant } from '../domain/access/access.js';
import { decodeBytes, type Encoding } from '../domain/encoding.js';
import { permissionsMatching, type Permission } from '../domain/access/permissions.js';
import { anonymous, type Principal } from '../domain/access/principal.js';
import { hasPermission } from './shared/access.js';
import type { Context } from './shared/context.js';

/** False if no authentication is configured, since every caller is anonymous then. */
export function isAuthenticated({ key }: Principal): boolean {
  return key !== anonymous.key;
}

/** The permissions that the grant's patterns, such as `keys:*`, match, without duplicates. */
export function permissionsOf(grant: Grant): Permission[] {
  return [...new Set(grant.operations.flatMap(permissionsMatching))];
}

export interface ViewerMayArgs {
  readonly operation: Permission;
  readonly cluster?: string | null | undefined;
  readonly key?: string | null | undefined;
  readonly channel?: string | null | undefined;
  readonly channelPattern?: string | null | undefined;
  readonly group?: string | null | undefined;
  readonly encoding: Encoding;
}

/** Whether the caller has the permission for the resource that the arguments name. */
export function viewerMay(context: Context, { operation, encoding, cluster, ...names }: ViewerMayArgs): boolean {
  const bytes = (name: keyof typeof names): Buffer | undefined => {
    const text = names[name];
    return text == null ? undefined : decodeBytes(text, encoding, [name]);
  };
  return hasPermission(context, operation, {
    cluster: cluster ?? undefined,
    key: bytes('key'),
    channel: bytes('channel'),
    channelPattern:
      names.channelPattern == null
        ? undefined
        : context.patterns.read(names.channelPattern, encoding, ['channelPattern']),
    group: bytes('group'),
  });
}
