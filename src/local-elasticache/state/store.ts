import { open, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { stateSchema, stateVersion, type StoredState } from './stored-state.js';
import { writeFailure } from './write-failure.js';

/** The state in memory, which always equals the file. */
export interface StateStore {
  /** The last stored state. It is immutable; each change replaces it. */
  readonly state: StoredState;
  /**
   * Makes one change: `work` modifies a draft, and its result is returned once the draft is on disk. If `work` throws
   * or the draft cannot be stored, the state stays unchanged. Changes that are requested while the disk is busy share
   * the next write.
   * @throws StateNotStored
   */
  change<Value>(work: (draft: StoredState) => Value): Promise<Value>;
  /** Resolves when no write is in progress. */
  close(): Promise<void>;
}

/** A change could not be stored and was therefore not made. The message gives the reason for people. */
export class StateNotStored extends Error {
  override readonly name = 'StateNotStored';
}

/** The state file cannot be used. The message names the file, its fault and the remedy. */
export class BrokenState extends Error {
  override readonly name = 'BrokenState';
}

/**
 * Reads the state from `file`, or starts without any region if there is no file.
 * @throws BrokenState
 */
export async function openStateStore(file: string): Promise<StateStore> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  let state: StoredState = (await readState(file)) ?? { version: stateVersion, regions: {} };
  let waiting: Change[] = [];
  let working: Promise<void> | undefined;

  async function storeAll(): Promise<void> {
    while (waiting.length > 0) {
      const changes = waiting;
      waiting = [];
      await storeTogether(changes);
    }
    working = undefined;
  }

  async function storeTogether(changes: readonly Change[]): Promise<void> {
    let draft = state;
    const made = changes.filter((change) => {
      const next = structuredClone(draft);
      const isMade = change.apply(next);
      if (isMade) draft = next;
      return isMade;
    });
    if (made.length === 0) return;
    try {
      await writeState(file, draft);
    } catch (cause) {
      for (const { fail } of made) fail(new StateNotStored(`${writeFailure(cause)} Nothing was changed.`, { cause }));
      return;
    }
    state = draft;
    for (const { succeed } of made) succeed();
  }

  return {
    get state() {
      return state;
    },
    change: (work) =>
      new Promise((resolve, reject) => {
        waiting.push(pendingChange(work, resolve, reject));
        // In a microtask, so that all changes of the same tick are stored together.
        working ??= Promise.resolve().then(storeAll);
      }),
    close: () => working ?? Promise.resolve(),
  };
}

/** A change that waits to be stored. */
interface Change {
  /** @returns whether it was applied to the draft; if not, its caller has received the error */
  apply(this: void, draft: StoredState): boolean;
  succeed(this: void): void;
  fail(this: void, error: Error): void;
}

function pendingChange<Value>(
  work: (draft: StoredState) => Value,
  resolve: (value: Value) => void,
  reject: (error: unknown) => void,
): Change {
  let answer: () => void = () => undefined;
  return {
    apply(draft) {
      try {
        const value = work(draft);
        answer = () => resolve(value);
        return true;
      } catch (error) {
        reject(error);
        return false;
      }
    },
    succeed: () => answer(),
    fail: reject,
  };
}

async function readState(file: string): Promise<StoredState | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw broken(file, error instanceof Error ? error.message : String(error), error);
  }
  const parsed = parseJson(text, file);
  refuseNewer(parsed, file);
  const result = stateSchema.safeParse(parsed);
  if (result.success) return result.data;
  throw broken(file, z.prettifyError(result.error).split('\n').slice(0, 4).join(' '), result.error);
}

const versioned = z.object({ version: z.number() });

/** StoredState of a newer version is intact: it must not be reset, and must not lose fields that this version does not know. */
function refuseNewer(parsed: unknown, file: string): void {
  const { data } = versioned.safeParse(parsed);
  if (!data || data.version <= stateVersion) return;
  throw new BrokenState(
    `The local ElastiCache state in ${file} was written by a newer version of cachegraph: it has the format ` +
      `${data.version}, and this version reads formats up to ${stateVersion}. Nothing was changed. Use the newer version, or ` +
      'choose another directory: --data-dir DIR or CACHEGRAPH_DATA_DIR=DIR.',
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(file, 'it is not JSON', error);
  }
}

function broken(file: string, reason: string, cause: unknown): BrokenState {
  return new BrokenState(
    `The local ElastiCache state in ${file} cannot be used: ${reason}. Restore a good copy of the file, or run ` +
      '"cachegraph reset" to delete all local clusters, users and data and start again.',
    { cause },
  );
}

/** Writes atomically: a crash leaves the old or the new state. The file is written under another name, flushed and renamed. */
async function writeState(file: string, state: StoredState): Promise<void> {
  const temporary = `${file}.new`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(state, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    // On a full disk, each byte counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
