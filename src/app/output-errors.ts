/** Error codes of the first write after the reader has gone, and of later ones. */
const readerGone = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/**
 * Keeps failed writes to the standard streams from ending the process. If the reader has gone (`cachegraph schema |
 * head -1`), the rest of the output is dropped and a server continues. Any other failure of standard output, such as a
 * full disk, is reported and makes the command fail.
 */
export function surviveOutputErrors(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (readerGone.has(error.code ?? '')) return;
    process.exitCode = 1;
    process.stderr.write(`Standard output cannot be written: ${error.message}\n`);
  });
}
