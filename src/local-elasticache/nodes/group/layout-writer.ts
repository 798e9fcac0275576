import type { Logger } from '../../../telemetry/log.js';
import { createSerial } from '../../../runtime/serial.js';
import type { Layout } from './layout.js';
import type { Progress } from '../data/progress.js';

/** Writes a group's layout to disk. After a failed write, the next call writes the rest. */
export interface LayoutWriter {
  /** Stores the primary of a shard, a node that the next start keeps. */
  setPrimary(shard: string, node: string): Promise<void>;
  /** Stores the progress of a shard's nodes. Rejects if that cannot be written now. */
  setProgress(progress: Progress): Promise<void>;
  /** Adds or removes nodes or shards, and resolves to the new layout. Rejects if that cannot be written now. */
  change(update: (layout: Layout) => Layout): Promise<Layout>;
  /** Stores the progress of a shard's nodes, if given, and everything that could not be written before. A failure is logged. */
  save(progress: Progress | undefined): Promise<void>;
}

export function createLayoutWriter(
  layout: Layout,
  write: (layout: Layout) => Promise<void>,
  log: Pick<Logger, 'error'>,
): LayoutWriter {
  let current = layout;
  let written = layout;
  let isFailing = false;
  // All shards of a group share one file.
  const serially = createSerial();
  const flush = (): Promise<void> =>
    serially(async () => {
      const next = current;
      if (next === written) return;
      await write(next);
      written = next;
      isFailing = false;
    });
  const add = (progress: Progress): void => {
    current = { ...current, progress: { ...current.progress, ...progress } };
  };
  return {
    setPrimary(shard, node) {
      const known = current.nodes[node];
      current = { ...current, primaries: { ...current.primaries, [shard]: node } };
      // A replica that took over while it was being added has data that no other node has.
      if (known) current = { ...current, nodes: { ...current.nodes, [node]: { ...known, isTransient: undefined } } };
      return flush();
    },
    setProgress(progress) {
      add(progress);
      return flush();
    },
    async change(update) {
      current = update(current);
      const next = current;
      await flush();
      return next;
    },
    async save(progress) {
      if (progress) add(progress);
      try {
        await flush();
      } catch (cause) {
        // Every inspection tries again, so this is logged once.
        if (!isFailing) log.error({ err: cause }, 'The layout of a group could not be written: retrying');
        isFailing = true;
      }
    },
  };
}
