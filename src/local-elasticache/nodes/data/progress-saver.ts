import type { ManagedNode } from '../node.js';
import type { Role } from '../role.js';
import { createDataFilesRecorder } from './data-files-recorder.js';
import { notOnDisk } from './node-data.js';
import type { Progress, ProgressRecord } from './progress.js';

/** Stores how much of a shard's data each node has, in memory and on disk. */
export interface ProgressSaver {
  /** Records the progress of the running nodes. @returns whether all have on disk what they have in memory */
  save(roles: ReadonlyMap<ManagedNode, Role>, primary: ManagedNode): Promise<boolean>;
  /** Records the files of nodes that ended cleanly. Rejects if they cannot be read. */
  saveFiles(ended: readonly ManagedNode[]): Promise<void>;
}

export function createProgressSaver(
  progress: ProgressRecord,
  /** Stores the progress of the nodes, if given, and everything that could not be stored before. */
  keep: (progress: Progress | undefined) => Promise<void>,
  closing: AbortSignal,
): ProgressSaver {
  const files = createDataFilesRecorder(progress);
  return {
    async save(roles, primary) {
      const nodes = [...roles.keys()];
      const unwritten = await notOnDisk(nodes.filter((node) => progress.isBehind(node.id)));
      // Nodes that are being stopped do not count as behind.
      if (!closing.aborted) {
        const observed = progress.observe(roles, primary, unwritten);
        await keep((await files.recordIfDue(nodes)) ?? observed);
      }
      return unwritten.size === 0;
    },
    saveFiles: async (ended) => keep(await files.record(ended)),
  };
}
