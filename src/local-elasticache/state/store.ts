import { open, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { stateSchema, stateVersion, type State } from './model.js';

/** The state in memory, and its file. */
export interface StateStore {
  /** Changed in place by the operations, each in one go, and then saved. */
  readonly state: State;
  /** Resolves when what the state is now has reached the disk. Calls made meanwhile share one writing. */
  save(): Promise<void>;
  /** Resolves when no writing is under way. */
  close(): Promise<void>;
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
  const state = (await readState(file)) ?? fresh();

  let writing: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const save = (): Promise<void> => {
    waiting ??= writing
      .catch(() => undefined)
      .then(() => {
        waiting = undefined;
        writing = writeState(file, state);
        return writing;
      });
    return waiting;
  };
  return { state, save, close: () => (waiting ?? writing).catch(() => undefined) };
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
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(state, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
