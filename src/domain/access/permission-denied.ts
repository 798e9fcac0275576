import type { Resource } from './access.js';
import { Outage } from '../errors.js';
import type { Operation } from './permissions.js';

/**
 * The refusal of an operation: names what is required, and on what kind of resource. It says nothing of the resource that the caller
 * has not said, so that it is the same whether the resource exists or not.
 */
export function forbidden(operation: Operation, resource: Resource = {}): Outage {
  const kind = kindOf(operation, resource);
  return new Outage('FORBIDDEN', `Permission denied: ${operation} is required${kind && ` on ${kind}`}.`);
}

function kindOf(operation: Operation, resource: Resource): string {
  if (resource.group) return 'this consumer group';
  if (resource.channelPattern) return 'all channels of this pattern';
  if (resource.channel) return 'this channel';
  if (resource.keyPattern) return 'all keys of this cluster';
  if (resource.key)
    return operation.startsWith('streams:') || operation.startsWith('groups:') ? 'this stream' : 'this key';
  return resource.cluster === undefined ? '' : 'this cluster';
}
