import { ExpectedFailure } from '../../../../domain/errors.js';
import type { Reply, ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { CommandError } from '../../command-error.js';
import { factsOf, listOf, numberOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';

export type SlotStatOrder = 'KEY_COUNT' | 'CPU' | 'NETWORK_IN' | 'NETWORK_OUT';

/** The use of one hash slot. Counters are null unless the node collects them. */
export interface SlotStat {
  readonly slot: number;
  readonly keyCount: number | null;
  readonly cpuMicroseconds: number | null;
  readonly networkInBytes: number | null;
  readonly networkOutBytes: number | null;
}

const orders = {
  KEY_COUNT: { metric: 'KEY-COUNT', field: 'keyCount' },
  CPU: { metric: 'CPU-USEC', field: 'cpuMicroseconds' },
  NETWORK_IN: { metric: 'NETWORK-BYTES-IN', field: 'networkInBytes' },
  NETWORK_OUT: { metric: 'NETWORK-BYTES-OUT', field: 'networkOutBytes' },
} as const;

/**
 * The slots of all primaries with the highest values, highest first (CLUSTER SLOT-STATS).
 * @throws ExpectedFailure NOT_SUPPORTED, PERMISSION_DENIED; Outage if a primary does not answer, whose slots would be missing
 */
export async function readSlotStats(
  commands: Pick<ValkeyCommands, 'primaries'>,
  orderBy: SlotStatOrder,
  count: number,
): Promise<readonly SlotStat[]> {
  const { metric, field } = orders[orderBy];
  const ofNodes = await Promise.all(commands.primaries().map((primary) => readNode(primary, metric, count)));
  return ofNodes
    .flat()
    .sort((one, other) => (other[field] ?? 0) - (one[field] ?? 0) || one.slot - other.slot)
    .slice(0, count);
}

async function readNode(node: ValkeyNode, metric: string, count: number): Promise<readonly SlotStat[]> {
  try {
    const reply = await node.send(['CLUSTER', 'SLOT-STATS', 'ORDERBY', metric, 'LIMIT', String(count), 'DESC']);
    return listOf(reply).map(statOf);
  } catch (error) {
    if (error instanceof CommandError && /sort metric/i.test(error.message)) {
      const message = `The node does not collect ${metric}: set the parameter cluster-slot-stats-enabled to yes, or order by KEY_COUNT.`;
      throw new ExpectedFailure('NOT_SUPPORTED', message, { upstreamCode: error.prefix, cause: error });
    }
    throw expectedFailure(error);
  }
}

function statOf(reply: Reply): SlotStat {
  const [slot, map] = listOf(reply);
  const facts = factsOf(map);
  const count = (name: string): number | null => (facts.has(name) ? numberOf(facts.get(name)) : null);
  return {
    slot: numberOf(slot),
    keyCount: count('key-count'),
    cpuMicroseconds: count('cpu-usec'),
    networkInBytes: count('network-bytes-in'),
    networkOutBytes: count('network-bytes-out'),
  };
}
