import type { ValkeyNode } from '../../interfaces.js';
import { numberOf } from '../../replies.js';
import type { ScannedItems } from './scan-reply.js';

/** Counts the keys that SCAN visits, node after node. */
export interface ScanCount {
  /** Must be called before the first SCAN that is sent to a node, which may continue an earlier scan. */
  begin(node: Pick<ValkeyNode, 'send'>, cursor: string): void;
  /** The number of keys that were visited for this reply. */
  visited(reply: ScannedItems, count: number): Promise<number>;
}

/**
 * A node that filters does not report how many keys it visits. These are about COUNT for each reply, and for the last reply the keys that
 * the node has beyond those, or up to COUNT if the scan was begun for an earlier page.
 */
export function createScanCount(isFiltered: boolean): ScanCount {
  let size: Promise<number | undefined> | undefined;
  let isWhole = false;
  let before = 0;
  return {
    begin(node, cursor) {
      if (!isFiltered) return;
      // Unknown if the user may not run DBSIZE. If the node is away, SCAN reports it.
      size = node.send(['DBSIZE']).then(numberOf, () => undefined);
      isWhole = cursor === '0';
      before = 0;
    },
    async visited({ cursor, items }, count) {
      if (!isFiltered) return items.length;
      const known = await size;
      const rest = known === undefined ? count : known - before;
      const last = isWhole ? rest : Math.min(count, rest);
      const visited = Math.max(items.length, cursor === '0' ? last : count);
      before += visited;
      return visited;
    },
  };
}
