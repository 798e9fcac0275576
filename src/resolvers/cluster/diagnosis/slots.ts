import type { ValkeyCommands, ValkeyNode } from '../../../datasources/valkey/interfaces.js';
import {
  readSlotStats,
  type SlotStat,
  type SlotStatOrder,
} from '../../../datasources/valkey/values/nodes/slot-stats.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { requirePermission } from '../../shared/access.js';
import { checkFirst } from '../../shared/checks.js';
import { withoutWaiting } from '../../shared/connected-node.js';
import type { Context } from '../../shared/context.js';

/** Consecutive hash slots that one primary serves. */
export interface SlotRange {
  readonly clusterName: string;
  readonly start: number;
  readonly end: number;
  readonly primary: ValkeyNode;
}

/**
 * The ranges of all primaries in the order of slots; slots that no node serves are in none.
 * @throws Outage FORBIDDEN, CLUSTER_UNAVAILABLE; ExpectedFailure NOT_SUPPORTED without cluster mode
 */
export async function slotRanges(context: Context, clusterName: string): Promise<readonly SlotRange[]> {
  const commands = await clusteredCommands(context, clusterName);
  return commands
    .primaries()
    .flatMap((primary) => primary.slots.map(([start, end]) => ({ clusterName, start, end, primary })))
    .sort((one, other) => one.start - other.start);
}

export interface SlotStatsArgs {
  readonly orderBy: SlotStatOrder;
  readonly first: number;
}

/** @throws as `slotRanges`, and ExpectedFailure INVALID_INPUT, PERMISSION_DENIED */
export async function slotStats(
  context: Context,
  clusterName: string,
  { orderBy, first }: SlotStatsArgs,
): Promise<readonly SlotStat[]> {
  checkFirst(first);
  return readSlotStats(await clusteredCommands(context, clusterName), orderBy, first);
}

async function clusteredCommands(context: Context, cluster: string): Promise<ValkeyCommands> {
  requirePermission(context, 'nodes:read', { cluster });
  const commands = await context.connections.commands(cluster, withoutWaiting(context));
  if (commands.isClustered) return commands;
  throw new ExpectedFailure('NOT_SUPPORTED', 'The cluster has no hash slots: its cluster mode is disabled.');
}
