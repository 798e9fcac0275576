import calculateSlot from 'cluster-key-slot';
import { typeNameOf, type KeyType } from '../../../../domain/key/key.js';
import { endpointKey } from '../../connections/nodes/endpoint-key.js';
import type { ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { bytesOf } from '../../replies.js';
import { createNameFilter } from './name-filter.js';
import { createScanCount } from './scan-count.js';
import { scanNode, type ScanReply } from './scan-reply.js';
import { ofUnknownType, primaryOf, scanArgs, servedNow } from './shard-scan.js';
import { intersect, isServed, lowestUnserved, union, type SlotRanges } from './slot-ranges.js';

/**
 * A walk over all keys of all shards that match, one SCAN at a time. Each key that exists throughout is returned at least once: when
 * another process serves the slots that are being scanned, their scan starts again.
 */
export interface KeyWalk {
  /**
   * Runs the next SCAN. If it rejects, the walk has not moved and may be continued.
   * @throws ExpectedFailure if Valkey refuses the scan; Outage
   */
  next(commands: ValkeyCommands, count: number): Promise<WalkedKeys>;
}

export interface WalkedKeys {
  readonly names: readonly Buffer[];
  /** About how many keys were scanned. */
  readonly scanned: number;
  /** The node that was scanned; undefined if the walk had ended before. */
  readonly node: ValkeyNode | undefined;
  readonly isLast: boolean;
  /** The number of commands that were sent to the node, without those that are sent once for each node. */
  readonly sent: number;
}

export interface WalkRequest {
  readonly match?: Buffer | undefined;
  readonly type?: KeyType | undefined;
  /** Names for which this returns false are skipped. */
  readonly includes: (name: Buffer) => boolean;
}

interface ShardScan {
  /** The slots that the node served when its scan began. */
  readonly slots: SlotRanges;
  readonly node: string;
  readonly cursor: string;
  readonly process: string;
}

export function createKeyWalk({ match, type, includes }: WalkRequest): KeyWalk {
  const filter = createNameFilter(match);
  const typeName = type && typeNameOf(type);
  const counted = createScanCount(filter.sent !== undefined || typeName !== undefined);
  let done: SlotRanges = [];
  let current: ShardScan | undefined;

  /** The part of the keys that the current scan can return, that match and that belong to no finished slot. */
  const matchingOf = async ({ items }: ScanReply, slots: SlotRanges): Promise<readonly Buffer[]> => {
    const already = intersect(done, slots);
    return (await filter.keep(items.map(bytesOf))).filter(
      (name) => includes(name) && !(already.length > 0 && isServed(already, calculateSlot(name))),
    );
  };

  return {
    async next(commands, count) {
      const slot = current?.slots[0]?.[0] ?? lowestUnserved(done);
      if (slot === undefined) return { names: [], scanned: 0, node: undefined, isLast: true, sent: 0 };
      const node = primaryOf(commands, slot);
      const scan = current?.node === endpointKey(node.endpoint) ? current : undefined;
      if (!scan) counted.begin(node, '0');
      const reply = await scanNode(node, scanArgs(scan?.cursor ?? '0', count, filter.sent, typeName));
      const slots = scan?.slots ?? node.slots;
      const matching = await matchingOf(reply, slots);
      const names = type === 'OTHER' ? await ofUnknownType(commands, matching) : matching;
      if (scan && scan.process !== reply.process) {
        // The cursor belongs to another process. The keys that this one returned exist all the same.
        current = undefined;
      } else if (reply.cursor === '0') {
        done = union(done, intersect(slots, await servedNow(commands, node)));
        current = undefined;
      } else {
        current = { slots, node: endpointKey(node.endpoint), cursor: reply.cursor, process: reply.process };
      }
      return {
        names,
        scanned: await counted.visited(reply, count),
        node,
        isLast: !current && lowestUnserved(done) === undefined,
        sent: 1 + (type === 'OTHER' ? matching.length : 0),
      };
    },
  };
}
