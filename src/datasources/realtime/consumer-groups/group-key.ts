import type { GroupName } from '../interfaces.js';
import { streamKey } from '../streams/stream-watches.js';

/** The key of a consumer group in a map. */
export function groupKey({ cluster, stream, group }: GroupName): string {
  return JSON.stringify([streamKey(cluster, stream), group.toString('latin1')]);
}
