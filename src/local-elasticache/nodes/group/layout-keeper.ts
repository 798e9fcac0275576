import type { Layout } from './layout.js';
import type { Progress } from './progress.js';
import { createSerial } from '../process/serial.js';

/** Keeps a group's layout on disk; what could not be written is written at the next occasion. */
export interface LayoutKeeper {
  /** Notes the primary of a shard. */
  setPrimary(shard: string, node: string): Promise<void>;
  /** Notes how far the nodes of a shard are. */
  setProgress(progress: Progress): Promise<void>;
  /** Writes what could not be written before. */
  flush(): Promise<void>;
}

export function createLayoutKeeper(layout: Layout, write: (layout: Layout) => Promise<void>): LayoutKeeper {
  let current = layout;
  let written = layout;
  // All shards of a group are in one file.
  const inTurn = createSerial();
  const flush = (): Promise<void> =>
    inTurn(async () => {
      const next = current;
      if (next === written) return;
      await write(next);
      written = next;
    });
  return {
    flush,
    setPrimary(shard, node) {
      current = { ...current, primaries: { ...current.primaries, [shard]: node } };
      return flush();
    },
    setProgress(progress) {
      current = { ...current, progress: { ...current.progress, ...progress } };
      return flush();
    },
  };
}
