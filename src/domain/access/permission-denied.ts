import type { Resource } from './access.js';
import { Outage } from '../errors.js';
import type { Permission } from './permissions.js';

/**
 * Creates the error for a missing permission. It names the permission and the kind of resource. Beyond that it repeats
 * nothing, so that it is the same whether the resource exists or not.
 */
export function permissionDenied(permission: Permission, resource: Resource = {}): Outage {
  const kind = kindOf(permission, resource);
  return new Outage('FORBIDDEN', `Permission denied: ${permission} is required${kind && ` on ${kind}`}.`);
}

/** The pattern that matches all keys. */
const everyKey = Buffer.from('*');

function kindOf(permission: Permission, resource: Resource): string {
  if (resource.group) return 'this consumer group';
  if (resource.channelPattern) return 'all channels of this pattern';
  if (resource.channel) return 'this channel';
  if (resource.keyPattern) {
    return resource.keyPattern.equals(everyKey) ? 'all keys of this cluster' : 'all keys of this pattern';
  }
  if (resource.key)
    return permission.startsWith('streams:') || permission.startsWith('groups:') ? 'this stream' : 'this key';
  if (resource.allClusters) return 'all clusters';
  return resource.cluster === undefined ? '' : 'this cluster';
}
