import { asError } from '../errors.js';
import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { readTextFile } from './text-file.js';

/** Editors and volume mounts write in several steps; a read in between would see half a file. */
const settleMs = 100;
/** For file systems without change notification, such as network volumes. */
const defaultPollMs = 2_000;

/**
 * Calls `changed` with the text of the file when it changes, and with the error when the file becomes unreadable.
 * Watches the folder, because that also reports a file that is renamed over this one, and a symbolic link that is
 * swapped, as Kubernetes does.
 * @returns a function that stops watching
 */
export function watchFile(
  path: string,
  text: string,
  changed: (text: string | Error) => void,
  pollMs = defaultPollMs,
): () => void {
  let last: string | undefined = text;
  let reading: Promise<void> | undefined;
  let settling: NodeJS.Timeout | undefined;
  let isClosed = false;

  const readAndCompare = async (): Promise<void> => {
    const found = await readTextFile(path).catch(asError);
    if (isClosed) return;
    const now = typeof found === 'string' ? found : undefined;
    if (now === last) return;
    last = now;
    changed(found);
  };
  const readOnce = (): void => {
    reading ??= readAndCompare().finally(() => (reading = undefined));
  };
  const watcher = watchFolder(dirname(path), () => {
    clearTimeout(settling);
    settling = setTimeout(readOnce, settleMs).unref();
  });
  const poll = setInterval(readOnce, pollMs).unref();
  return () => {
    isClosed = true;
    clearTimeout(settling);
    clearInterval(poll);
    watcher?.close();
  };
}

/** Undefined if the system has no watches left; polling then finds changes. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
