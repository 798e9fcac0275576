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
const at = (index: number): readonly string[] => [...path, String(index)];

/**
 * Restarts nodes of a cluster; returns the cluster's name. All nodes are checked before the first is restarted.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, INVALID_STATE, and for ElastiCache's refusals
 */
export async function rebootNodes(context: Context, input: RebootNodesInput): Promise<{ readonly name: string }> {
  checkWait(input.waitSeconds);
  const cluster = await clusterWithModeDisabled(context, input.cluster, 'reboots nodes of clusters');
  if (input.nodes.length === 0) throw invalidInput('Expected at least one node.', path);
  const named = input.nodes.map((name, index) => availableNode(context, cluster, name, at(index)).name);
  const nodes = [...new Set(named)];
  const begun: string[] = [];
  for (const node of nodes) {
    try {
      await context.controlPlane.rebootNode({ cluster: cluster.name, node });
      begun.push(node);
    } catch (error) {
      if (!(error instanceof ExpectedFailure)) throw error;
      throw refusedNode(error, { node, begun, nodePath: at(named.indexOf(node)) });
    }
  }
  await waitForChange(context, cluster.name, input.waitSeconds);
  return { name: cluster.name };
}

interface RefusedNode {
  readonly node: string;
  readonly nodePath: readonly string[];
  /** The nodes that are being restarted. */
  readonly begun: readonly string[];
}

/** The failure at the path of its node. It also says which nodes are being restarted. */
function refusedNode(failure: ExpectedFailure, { node, nodePath, begun }: RefusedNode): ExpectedFailure {
  const { code, message, inputPath, upstreamCode } = failure;
  const isOfNode = inputPath === undefined || inputPath.join() === path.join();
  const others = `Node ${node} is not rebooted, and ${begun.join(', ')} are being rebooted: `;
  const text = begun.length > 0 ? `${others}${message}` : message;
  return new ExpectedFailure(code, text, { path: isOfNode ? nodePath : inputPath, upstreamCode, cause: failure });
}
