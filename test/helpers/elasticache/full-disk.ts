import { symlink } from 'node:fs/promises';

/**
 * Makes the next write of a state file fail as on a full disk: its temporary file is /dev/full. The failed write removes it, so
 * later writes succeed.
 */
export async function fillDisk(stateFile: string): Promise<void> {
  await symlink('/dev/full', `${stateFile}.new`);
}
