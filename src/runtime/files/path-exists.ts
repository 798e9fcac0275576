import { access } from 'node:fs/promises';

/** Whether this process can see a file or folder with this path. */
export function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
