import {
  readSlowLog,
  resetSlowLog as resetLog,
  type SlowLogEntry,
  type SlowLogKind,
} from '../../../datasources/valkey/values/nodes/slow-log.js';
import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { requirePermission } from '../../shared/access.js';
import { checkFirst } from '../../shared/checks.js';
import { connectedNode } from '../../shared/connected-node.js';
import type { Context } from '../../shared/context.js';
import { nodeToChange } from './node-to-change.js';

export interface SlowLogArgs {
  readonly kind: SlowLogKind;
  readonly first: number;
}

/** @throws Outage FORBIDDEN, CLUSTER_UNAVAILABLE; ExpectedFailure INVALID_INPUT, PERMISSION_DENIED, NOT_SUPPORTED */
export async function slowLogOfNode(
  context: Context,
  node: ClusterNode,
  { kind, first }: SlowLogArgs,
): Promise<readonly SlowLogEntry[]> {
  requirePermission(context, 'nodes:read', { cluster: node.clusterName });
  checkFirst(first);
  return readSlowLog(await connectedNode(context, node), kind, first);
}

/**
 * Deletes the entries of one kind. Returns the node.
 * @throws ExpectedFailure NOT_FOUND, NOT_CONNECTED, PERMISSION_DENIED, NOT_SUPPORTED; Outage
 */
export async function resetSlowLog(
  context: Context,
  { nodeId, kind }: { readonly nodeId: string; readonly kind: SlowLogKind },
): Promise<ClusterNode> {
  const { node, connected } = await nodeToChange(context, nodeId);
  await resetLog(connected, kind, ['input', 'kind']);
  return node;
}
