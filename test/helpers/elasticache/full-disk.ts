import { symlink } from 'node:fs/promises';

/**
 * Has the next writing of a state file fail as on a full disk: what is written beside it goes to /dev/full, which takes no byte.
 * The failed writing removes that way, so that there is room again.
 */
export async function fillDisk(stateFile: string): Promise<void> {
  await symlink('/dev/full', `${stateFile}.new`);
}
