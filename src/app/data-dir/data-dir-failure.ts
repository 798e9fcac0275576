import { StateNotStored } from '../../local-elasticache/state/store.js';
import { writeFailure } from '../../local-elasticache/state/write-failure.js';
import { StartupError } from '../../runtime/startup-error.js';

/** Runs `work`, and turns a failed access to the data directory into a StartupError that says what to do. */
export async function explainDataDirFailure<Value>(dataDir: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof StateNotStored ? error.cause : error;
    if (!isFileFailure(cause)) throw error;
    throw new StartupError(
      `The data directory ${dataDir} cannot be used. ${writeFailure(cause)} Choose another directory by ` +
        '--data-dir DIR or CACHEGRAPH_DATA_DIR=DIR.',
      { cause: error },
    );
  }
}

/** Tests whether a call to the file system failed. Failures of ports and programs come from other calls. */
function isFileFailure(error: unknown): boolean {
  const calls = ['mkdir', 'open', 'write', 'fsync', 'rename', 'rm', 'unlink', 'scandir', 'read', 'close'];
  return error instanceof Error && 'syscall' in error && calls.some((call) => call === error.syscall);
}
