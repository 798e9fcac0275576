import { eventually } from '../run/eventually.js';
import type { TestValkey } from './valkey.js';

/** Adds entries to a stream, one after another, until it is stopped. */
export interface StreamWriter extends AsyncDisposable {
  /** IDs of the added entries. */
  readonly added: readonly string[];
  /** Resolves when that many more have been added. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

export function startWriting(valkey: TestValkey, stream: string): StreamWriter {
  const added: string[] = [];
  let writing = true;
  const write = async (): Promise<void> => {
    while (writing) added.push(String(await valkey.command('XADD', stream, '*', 'n', String(added.length))));
  };
  const written = write();
  const stop = (): Promise<void> => {
    writing = false;
    return written;
  };
  return {
    added,
    stop,
    async more(count) {
      const before = added.length;
      await eventually(() => {
        if (added.length < before + count) throw new Error('Not yet.');
      });
    },
    [Symbol.asyncDispose]: stop,
  };
}
