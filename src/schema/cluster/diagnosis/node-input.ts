import { invalidInput } from '../../../domain/errors.js';
import { decodeGlobalID } from '../../shared/global-id.js';

/**
 * The part of an input's `nodeId` that follows the type.
 * @throws ExpectedFailure INVALID_INPUT at `input.nodeId` for the ID of another object
 */
export function readNodeId(nodeId: string): string {
  const path = ['input', 'nodeId'];
  const { typename, id } = decodeGlobalID(nodeId, path);
  if (typename === 'ClusterNode') return id;
  throw invalidInput('Expected the `id` of a ClusterNode, got one of another type.', path);
}
