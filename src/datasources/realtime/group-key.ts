import type { GroupName } from './ports.js';
import { streamKey } from './stream-watches.js';

/** A consumer group as a map's key. */
export function groupKey({ cluster, stream, group }: GroupName): string {
  return JSON.stringify([streamKey(cluster, stream), group.toString('latin1')]);
}
