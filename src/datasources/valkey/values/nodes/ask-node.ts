import type { Argument, Reply, ReachableNode } from '../../interfaces.js';
import { expectedFailure } from '../expected-failure.js';

/**
 * Sends one command to a node for a use case.
 * @throws ExpectedFailure PERMISSION_DENIED, NOT_SUPPORTED; Outage
 */
export async function askNode(
  node: Pick<ReachableNode, 'send'>,
  args: readonly [string, ...Argument[]],
  path?: readonly string[],
): Promise<Reply> {
  try {
    return await node.send(args);
  } catch (error) {
    throw expectedFailure(error, path);
  }
}
