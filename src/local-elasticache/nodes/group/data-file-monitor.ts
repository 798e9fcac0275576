import { isDeepStrictEqual } from 'node:util';
import type { ManagedNode } from '../node.js';
import { dataFiles, flushFiles, lacksData, type DataFiles } from './data-files.js';
import type { Progress, ProgressRecord } from './progress.js';

type Files = Pick<ManagedNode, 'id' | 'directory'>;

/** While data are written, their growth is written to disk that often at most. */
const intervalMs = 5_000;

/** Notes how much the append-only files of a shard's nodes hold, to recognize at the next start that some of it is gone. */
export interface DataFileMonitor {
  /** Notes the files of these nodes, unless it has just done so. @returns what is to be kept on disk; undefined if nothing changed */
  look(nodes: readonly Files[]): Promise<Progress | undefined>;
  /** Notes them now. */
  note(nodes: readonly Files[]): Promise<Progress | undefined>;
}

export function createDataFileMonitor(
  progress: ProgressRecord,
  now: () => number = () => performance.now(),
): DataFileMonitor {
  let notedAt = -Infinity;

  async function filesToNote({ id, directory }: Files): Promise<{ id: string; files: DataFiles } | undefined> {
    const files = await dataFiles(directory);
    const before = progress.filesOf(id);
    // A node does not notice that its files are cut off while it runs. Its next start does.
    if (isDeepStrictEqual(files, before) || lacksData(files, before)) return undefined;
    return (await flushFiles(directory, files)) ? { id, files } : undefined;
  }

  async function note(nodes: readonly Files[]): Promise<Progress | undefined> {
    notedAt = now();
    const found = await Promise.all(nodes.map(filesToNote));
    let noted: Progress | undefined;
    for (const one of found) if (one) noted = progress.noteFiles(one.id, one.files);
    return noted;
  }

  return { note, look: (nodes) => (now() - notedAt < intervalMs ? Promise.resolve(undefined) : note(nodes)) };
}
