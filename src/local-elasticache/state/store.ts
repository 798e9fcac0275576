import { open, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { stateSchema, stateVersion, type State } from './model.js';
import { writeFailure } from './write-failure.js';

/** The state in memory, which always is what the file holds. */
export interface StateStore {
  /** As it was stored last. Nobody but `change` alters it; each change puts another object in its place. */
  readonly state: State;
  /**
   * Makes one change: `work` alters a draft, and what it returns is the answer once the draft has reached the disk. Until then,
   * and for good if `work` throws or the draft cannot be stored, the state is as it was. Changes that are asked for while the
   * disk is busy share the next writing.
   * @throws StateNotStored
   */
  change<Value>(work: (draft: State) => Value): Promise<Value>;
  /** Resolves when no writing is under way. */
  close(): Promise<void>;
}

/** The disk did not take a change, and so it was not made. The message says why, for people. */
export class StateNotStored extends Error {
  override readonly name = 'StateNotStored';
}

/** The state file cannot be used. The message names it, what is wrong with it and the remedy. */
export class BrokenState extends Error {
  override readonly name = 'BrokenState';
}

/**
 * Reads the state from `file`, or begins with `fresh` where there is none.
 * @throws BrokenState
 */
export async function openStateStore(file: string, fresh: () => State): Promise<StateStore> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  let state = (await readState(file)) ?? fresh();
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
        // Not at once: what is asked for in the same turn is stored together.
        working ??= Promise.resolve().then(storeAll);
      }),
    close: () => working ?? Promise.resolve(),
  };
}

/** A change that waits for its turn. */
interface Change {
  /** @returns whether it was made in the draft; if not, its caller has the error. */
  apply(this: void, draft: State): boolean;
  succeed(this: void): void;
  fail(this: void, error: Error): void;
}

function pendingChange<Value>(
  work: (draft: State) => Value,
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

async function readState(file: string): Promise<State | undefined> {
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

/** What a newer version wrote is whole: it must not be reset, nor stripped of what this version does not know. */
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

function broken(file: string, why: string, cause: unknown): BrokenState {
  return new BrokenState(
    `The local ElastiCache state in ${file} cannot be used: ${why}. Put a good copy of the file back, or run ` +
      '"cachegraph reset" to delete all local clusters, users and data and begin anew.',
    { cause },
  );
}

/** Whatever happens, the file is the old state or the new one: it is written beside it, flushed and then renamed. */
async function writeState(file: string, state: State): Promise<void> {
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
    // On a full disk each byte counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
