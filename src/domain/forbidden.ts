import type { Resource } from './access.js';
import { Outage } from './errors.js';
import type { Operation } from './operations.js';

/**
 * The refusal of an operation: says which is wanted, and on what kind of thing. It tells nothing of the thing that the caller
 * has not said, so that it does not differ by whether there is one.
 */
export function forbidden(operation: Operation, resource: Resource = {}): Outage {
  const kind = kindOf(operation, resource);
  return new Outage(
    'FORBIDDEN',
    `This wants ${operation}${kind && ` on ${kind}`}, which no grant of the caller gives.`,
  );
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
