import { isDeepStrictEqual } from 'node:util';
import type { ManagedNode } from '../node.js';
import { dataFiles, flushFiles, lacksData, type DataFiles } from './data-files.js';
import type { Progress, ProgressRecord } from './progress.js';

type Files = Pick<ManagedNode, 'id' | 'directory'>;

/** Minimum time between two flushes of the files, while the data grow. */
const intervalMs = 1_000;

/**
 * Flushes the append-only files of a shard's nodes to the disk, which Valkey leaves to the endpoint, and records their sizes, so that
 * the next start can detect missing data.
 */
export interface DataFilesRecorder {
  /**
   * Records the files of these nodes, unless that happened recently. @returns what to store on disk; undefined if
   * nothing changed
   */
  recordIfDue(nodes: readonly Files[]): Promise<Progress | undefined>;
  /** Records the files now. */
  record(nodes: readonly Files[]): Promise<Progress | undefined>;
}

export function createDataFilesRecorder(
  progress: ProgressRecord,
  now: () => number = () => performance.now(),
): DataFilesRecorder {
  let recordedAt = -Infinity;

  async function changedFiles({ id, directory }: Files): Promise<{ id: string; files: DataFiles } | undefined> {
    const files = await dataFiles(directory);
    const before = progress.filesOf(id);
    // A running node does not notice that its files were truncated. Its next start does.
    if (isDeepStrictEqual(files, before) || lacksData(files, before)) return undefined;
    return (await flushFiles(directory, files)) ? { id, files } : undefined;
  }

  async function record(nodes: readonly Files[]): Promise<Progress | undefined> {
    recordedAt = now();
    const found = await Promise.all(nodes.map(changedFiles));
    let recorded: Progress | undefined;
    for (const one of found) if (one) recorded = progress.recordFiles(one.id, one.files);
    return recorded;
  }

  return {
    record,
    recordIfDue: (nodes) => (now() - recordedAt < intervalMs ? Promise.resolve(undefined) : record(nodes)),
  };
}
