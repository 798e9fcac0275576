import type { ValkeyNode } from '../valkey/interfaces.js';
import { textOf } from '../valkey/replies.js';
import { maxPerScan } from '../valkey/values/scans/scan-reply.js';

/**
 * Chooses how many keys a job scans and changes at once, and how long it rests afterwards. A node that other clients use gets small
 * batches, about as short as one round trip, and rests for a multiple of each; a node that nobody else uses gets large ones without rests.
 */
export interface JobPacing {
  readonly batchSize: number;
  /** To be called after each batch, with the number of commands that it sent to the node. Resolves to the rest in milliseconds. */
  measured(node: ValkeyNode, batchMs: number, sentCommands: number): Promise<number>;
}

/** A node counts as used by others from this many commands of theirs in a second; a few are heartbeats and replicas. */
const quietCommandsPerSecond = 50;
const sampleEveryMs = 100;
const smallestBatch = 10;
/** Times of a batch. */
const target = { quietMs: 8, busyMs: 1 };
/** The rest after a batch on a used node, in multiples of the batch's own time. */
const restFactor = 4;
const longestRestMs = 500;

export function createJobPacing(): JobPacing {
  let size = smallestBatch * 5;
  /** Until the first sample, the node counts as used. */
  let isBusy = true;
  let sampled: { readonly node: string; readonly at: number; readonly total: number } | undefined;
  let own = 0;

  const sample = async (node: ValkeyNode): Promise<void> => {
    const id = `${node.endpoint.host}:${node.endpoint.port}`;
    const now = performance.now();
    if (sampled?.node === id && now < sampled.at + sampleEveryMs) return;
    const stats = await node.send(['INFO', 'stats']).then(textOf, () => '');
    const [, total] = /^total_commands_processed:(\d+)/m.exec(stats) ?? [];
    // Without INFO, others are assumed to use the node.
    if (total === undefined) isBusy = true;
    else if (sampled?.node === id) {
      const others = Number(total) - sampled.total - own;
      isBusy = others > (quietCommandsPerSecond * (now - sampled.at)) / 1000;
    } else isBusy = true;
    sampled = total === undefined ? undefined : { node: id, at: now, total: Number(total) };
    own = 1;
  };

  return {
    get batchSize() {
      return size;
    },
    async measured(node, batchMs, sentCommands) {
      own += sentCommands;
      await sample(node);
      const targetMs = isBusy ? target.busyMs : target.quietMs;
      // At most doubled, since one fast batch says little.
      const factor = Math.min(Math.max(targetMs / Math.max(batchMs, 0.05), 0.25), 2);
      size = Math.round(Math.min(Math.max(size * factor, smallestBatch), maxPerScan));
      return isBusy ? Math.min(Math.max(batchMs, 0.25) * restFactor, longestRestMs) : 0;
    },
  };
}
