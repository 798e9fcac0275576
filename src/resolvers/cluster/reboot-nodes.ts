import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import type { Context } from '../shared/context.js';
import { availableNode, clusterWithModeDisabled } from './managed-cluster.js';
import { checkWait, waitForChange } from './wait.js';

export interface RebootNodesInput {
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly waitSeconds?: number | null | undefined;
}

const path = ['input', 'nodes'];

/**
 * Restarts nodes of a cluster; returns the cluster's name. All nodes are checked before the first is restarted.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, INVALID_STATE, and for ElastiCache's refusals
 */
export async function rebootNodes(context: Context, input: RebootNodesInput): Promise<{ readonly name: string }> {
  checkWait(input.waitSeconds);
  const cluster = await clusterWithModeDisabled(context, input.cluster, 'reboots nodes of clusters');
  if (input.nodes.length === 0) throw invalidInput('Expected at least one node.', path);
  const nodes = [...new Set(input.nodes.map((name) => availableNode(cluster, name, path).name))];
  const begun: string[] = [];
  for (const node of nodes) {
    try {
      await context.controlPlane.rebootNode({ cluster: cluster.name, node });
      begun.push(node);
    } catch (error) {
      throw begun.length > 0 && error instanceof ExpectedFailure ? afterOthers(error, node, begun) : error;
    }
  }
  await waitForChange(context, cluster.name, input.waitSeconds);
  return { name: cluster.name };
}

/** The failure also says which nodes are being restarted. */
function afterOthers(failure: ExpectedFailure, node: string, begun: readonly string[]): ExpectedFailure {
  const { code, message, inputPath = path, upstreamCode } = failure;
  const text = `Node ${node} is not rebooted, and ${begun.join(', ')} are being rebooted: ${message}`;
  return new ExpectedFailure(code, text, { path: inputPath, upstreamCode, cause: failure });
}
