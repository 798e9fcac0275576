import { resetDataDir } from '../../app/data-dir/reset-data-dir.js';
import type { Config } from '../../config/config.js';

/** Removes the local state and data, but no other files in the directory. */
export async function reset({ dataDir }: Config): Promise<void> {
  const removed = await resetDataDir(dataDir);
  const report = removed.length > 0 ? `Removed ${removed.join(', ')} in ${dataDir}.` : `${dataDir} was empty.`;
  process.stdout.write(`${report}\n`);
}
