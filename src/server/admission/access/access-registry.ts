import type { Logger } from '../../../telemetry/log.js';
import { BrokenAccessFile, parseAccessFile } from './access-file.js';
import { createAccessRules, type AccessRules } from './access-rules.js';
import { readTextFile, readFailure } from '../../../runtime/files/text-file.js';
import { watchFile } from '../../../runtime/files/watched-file.js';

/** The access file as it is now. */
export interface AccessRegistry extends AsyncDisposable {
  /** Other ones once the file has changed. */
  readonly rules: AccessRules;
  /** `changed` is called after other rules stand. Returns its undo. */
  onChange(changed: () => void): () => void;
}

export interface AccessRegistryOptions {
  readonly path: string;
  readonly log: Logger;
  /** Told of every time the file has changed: whether it was taken, or refused and the standing one kept. */
  readonly onReload?: ((outcome: 'ok' | 'failed') => void) | undefined;
  /** Bytes of one pattern. */
  readonly maxPatternLength?: number | undefined;
  /** Between two looks at the file where the file system does not tell of changes. */
  readonly pollMs?: number | undefined;
}

/**
 * Reads the access file and keeps to it as it changes, whole or not at all.
 * @throws BrokenAccessFile where it cannot be read or is wrong
 */
export async function openAccessRegistry({
  path,
  log,
  onReload,
  maxPatternLength,
  pollMs,
}: AccessRegistryOptions): Promise<AccessRegistry> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    throw new BrokenAccessFile(`it ${readFailure(cause)}.`, { cause });
  });
  let rules = createAccessRules(parseAccessFile(text, maxPatternLength));
  const listeners = new Set<() => void>();
  const take = (found: string | Error): void => {
    try {
      if (found instanceof Error) throw new BrokenAccessFile(`it ${readFailure(found)}.`, { cause: found });
      rules = createAccessRules(parseAccessFile(found, maxPatternLength));
    } catch (error) {
      log.error({ err: error, path }, 'the access file is wrong: what it said before stands');
      onReload?.('failed');
      return;
    }
    log.info({ path }, 'the access file has changed');
    onReload?.('ok');
    for (const changed of [...listeners]) changed();
  };
  const unwatch = watchFile(path, text, take, pollMs);
  return {
    get rules() {
      return rules;
    },
    onChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    [Symbol.asyncDispose]() {
      unwatch();
      return Promise.resolve();
    },
  };
}
