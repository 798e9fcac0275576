import type { Logger } from '../../../telemetry/log.js';
import { BrokenAccessFile, parseAccessFile } from './access-file.js';
import { createAccessRules, type AccessRules } from './access-rules.js';
import { readTextFile, readFailure } from '../../../runtime/files/text-file.js';
import { createListeners } from '../../../runtime/listeners.js';
import { watchFile } from '../../../runtime/files/watched-file.js';

/** The current content of the access file. */
export interface AccessRegistry extends AsyncDisposable {
  /** The current rules. A change of the file replaces the object. */
  readonly rules: AccessRules;
  /** Calls `changed` after the rules were replaced. Returns a function that removes the callback. */
  onChange(changed: () => void): () => void;
}

export interface AccessRegistryOptions {
  readonly path: string;
  readonly log: Logger;
  /** Called after each change of the file: `ok` if its rules were loaded, `failed` if it is invalid and the previous rules stay. */
  readonly onReload?: ((outcome: 'ok' | 'failed') => void) | undefined;
  /** Maximum length of one pattern, in bytes. */
  readonly maxPatternLength?: number | undefined;
  /** Interval of polling, for file systems that do not report changes. */
  readonly pollMs?: number | undefined;
}

/**
 * Reads the access file and reloads it after each change. An invalid file changes nothing.
 * @throws BrokenAccessFile if the file cannot be read or is invalid at the start
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
  const listeners = createListeners();
  const reload = (found: string | Error): void => {
    try {
      if (found instanceof Error) throw new BrokenAccessFile(`it ${readFailure(found)}.`, { cause: found });
      rules = createAccessRules(parseAccessFile(found, maxPatternLength));
    } catch (error) {
      log.error({ err: error, path }, 'the access file is invalid; the previous rules stay in effect');
      onReload?.('failed');
      return;
    }
    log.info({ path }, 'the access file was reloaded');
    onReload?.('ok');
    listeners.notify();
  };
  const unwatch = watchFile(path, text, reload, pollMs);
  return {
    get rules() {
      return rules;
    },
    onChange: listeners.add,
    [Symbol.asyncDispose]() {
      unwatch();
      return Promise.resolve();
    },
  };
}
