import type { GroupName } from '../interfaces.js';
import { streamKey } from '../streams/stream-watches.js';

/** A consumer group as a map's key. */
export function groupKey({ cluster, stream, group }: GroupName): string {
  return JSON.stringify([streamKey(cluster, stream), group.toString('latin1')]);
}
