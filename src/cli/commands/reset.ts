import { resetDataDir } from '../../app/reset-data-dir.js';
import type { Config } from '../../config/config.js';

/** Empties the data directory of the local ElastiCache. */
export async function reset({ dataDir }: Config): Promise<void> {
  const removed = await resetDataDir(dataDir);
  const report = removed.length > 0 ? `Removed ${removed.join(', ')} in ${dataDir}.` : `${dataDir} was empty.`;
  process.stdout.write(`${report}\n`);
}
