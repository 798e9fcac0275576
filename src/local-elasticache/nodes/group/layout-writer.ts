import type { Logger } from '../../../telemetry/log.js';
import { createSerial } from '../../../runtime/serial.js';
import type { Layout } from './layout.js';
import type { Progress } from './progress.js';

/** Keeps a group's layout on disk; what could not be written is written at the next occasion. */
export interface LayoutWriter {
  /** Notes the primary of a shard. */
  setPrimary(shard: string, node: string): Promise<void>;
  /** Notes how far the nodes of a shard are. Rejects if that cannot be written now. */
  setProgress(progress: Progress): Promise<void>;
  /** Notes how far the nodes of a shard are, if that is new, and writes what could not be written before. A failure is logged. */
  keepUp(progress: Progress | undefined): Promise<void>;
}

export function createLayoutWriter(
  layout: Layout,
  write: (layout: Layout) => Promise<void>,
  log: Pick<Logger, 'error'>,
): LayoutWriter {
  let current = layout;
  let written = layout;
  let isFailing = false;
  // All shards of a group are in one file.
  const inTurn = createSerial();
  const flush = (): Promise<void> =>
    inTurn(async () => {
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
      current = { ...current, primaries: { ...current.primaries, [shard]: node } };
      return flush();
    },
    setProgress(progress) {
      add(progress);
      return flush();
    },
    async keepUp(progress) {
      if (progress) add(progress);
      try {
        await flush();
      } catch (cause) {
        // At each look it is tried again: said once.
        if (!isFailing) log.error({ err: cause }, 'The primaries of a group could not be written: it is tried again');
        isFailing = true;
      }
    },
  };
}
