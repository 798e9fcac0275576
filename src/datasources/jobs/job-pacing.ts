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

/**
 * A node counts as used by others beyond this many commands that are not the job's own, in a second and in one sample. Some are those of
 * heartbeats, replicas, the job's record and its watchers.
 */
const quiet = { perSecond: 100, perSample: 25 };
const sampleEveryMs = 200;
/** The first two samples follow each other closely, so that a short job is not slow for most of its time. */
const firstSampleMs = 20;
const smallestBatch = 10;
/** Keys at once on a node that nobody else uses: more would hold up this process. */
const largestQuietBatch = 1_000;
/** Times of a batch. */
const target = { quietMs: 8, busyMs: 0.5 };
/** The rest after a batch on a used node, in multiples of the batch's own time. */
const restFactor = 6;
const longestRestMs = 500;

export function createJobPacing(): JobPacing {
  let size = smallestBatch * 5;
  /** Until the first sample, the node counts as used. */
  let isBusy = true;
  let sampled: { readonly node: string; readonly at: number; readonly total: number } | undefined;
  /** Of the current node. */
  let samples = 0;
  let own = 0;

  const sample = async (node: ValkeyNode): Promise<void> => {
    const id = `${node.endpoint.host}:${node.endpoint.port}`;
    const now = performance.now();
    if (sampled?.node === id && now < sampled.at + (samples < 2 ? firstSampleMs : sampleEveryMs)) return;
    const stats = await node.send(['INFO', 'stats']).then(textOf, () => '');
    const [, total] = /^total_commands_processed:(\d+)/m.exec(stats) ?? [];
    // Without INFO, others are assumed to use the node.
    if (total === undefined) isBusy = true;
    else if (sampled?.node === id) {
      const others = Number(total) - sampled.total - own;
      isBusy = others > quiet.perSample + (quiet.perSecond * (now - sampled.at)) / 1000;
    } else isBusy = true;
    samples = sampled?.node === id ? samples + 1 : 1;
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
      size = Math.round(Math.min(Math.max(size * factor, smallestBatch), isBusy ? maxPerScan : largestQuietBatch));
      return isBusy ? Math.min(Math.max(batchMs, 0.25) * restFactor, longestRestMs) : 0;
    },
  };
}
