import { asError } from '../errors.js';
import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { readTextFile } from './text-file.js';

/** Editors and volume mounts write in several steps; what is seen in between would be half a file. */
const settleMs = 100;
/** Where the file system tells of no changes, as network volumes do not. */
const defaultPollMs = 2_000;

/**
 * Calls `changed` with the file's text whenever that is another, and with the error whenever the file can newly not be read.
 * The folder is watched rather than the file: it sees also a file that is renamed over it and a symbolic link that is swapped,
 * as Kubernetes does. Returns its undo.
 */
export function watchFile(
  path: string,
  text: string,
  changed: (text: string | Error) => void,
  pollMs = defaultPollMs,
): () => void {
  let last: string | undefined = text;
  let looking: Promise<void> | undefined;
  let settling: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const found = await readTextFile(path).catch(asError);
    if (isClosed) return;
    const now = typeof found === 'string' ? found : undefined;
    if (now === last) return;
    last = now;
    changed(found);
  };
  const lookOnce = (): void => {
    looking ??= look().finally(() => (looking = undefined));
  };
  const watcher = watchFolder(dirname(path), () => {
    clearTimeout(settling);
    settling = setTimeout(lookOnce, settleMs).unref();
  });
  const poll = setInterval(lookOnce, pollMs).unref();
  return () => {
    isClosed = true;
    clearTimeout(settling);
    clearInterval(poll);
    watcher?.close();
  };
}

/** Absent where the system has no watches left: the file is still looked at from time to time. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
