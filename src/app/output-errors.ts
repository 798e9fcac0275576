/** Codes of a write after the reader has gone: the first one, and those that follow it. */
const readerGone = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/**
 * A reader that leaves early (`cachegraph schema | head -1`) ends no command with a stack: what it does not read is dropped, and a
 * server goes on. Output that cannot be written for another reason, such as a full disk, is said and fails the command.
 */
export function surviveOutputErrors(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (readerGone.has(error.code ?? '')) return;
    process.exitCode = 1;
    process.stderr.write(`Standard output cannot be written: ${error.message}\n`);
  });
}
