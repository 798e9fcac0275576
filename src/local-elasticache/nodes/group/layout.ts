import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeWholeFile } from '../../../runtime/files/write-whole-file.js';

const port = z.number().int().min(1).max(65535);
const progress = z.object({
  history: z.number(),
  offset: z.number(),
  isBehind: z.boolean().optional(),
  isEmpty: z.boolean().optional(),
  files: z.record(z.string(), z.number()).optional(),
});
/** The version of the file's format. Missing in files of earlier versions. */
const layoutVersion = 1;
const versioned = z.object({ version: z.number() });
const layoutShape = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      port,
      busPort: port.optional(),
      /** The node is being added, and nothing depends on its data yet; or it is being removed. The next start deletes it. */
      isTransient: z.boolean().optional(),
    }),
  ),
  /** By shard ID: its last primary. */
  primaries: z.record(z.string(), z.string()),
  /** By node ID: its last known progress. Missing in files of earlier versions. */
  progress: z.record(z.string(), progress).optional(),
});

/** The stored layout of a group, besides its nodes' data: the ports of the nodes, and the primary of each shard. */
export type Layout = z.infer<typeof layoutShape>;

const fileIn = (directory: string): string => join(directory, 'group.json');

/** @throws Error with the remedy if the file exists and cannot be read */
export async function readLayout(directory: string): Promise<Layout | undefined> {
  const file = fileIn(directory);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    refuseNewer(parsed, file);
    return layoutShape.parse(parsed);
  } catch (cause) {
    if (cause instanceof NewerLayout) throw cause;
    throw new Error(`${file} is not valid. Delete that cluster, or delete the file to start its nodes on new ports.`, {
      cause,
    });
  }
}

class NewerLayout extends Error {
  override readonly name = 'NewerLayout';
}

/**
 * The file of a newer version is valid: it must not be deleted, nor rewritten without fields that this version does not
 * know.
 */
function refuseNewer(parsed: unknown, file: string): void {
  const { data } = versioned.safeParse(parsed);
  if (!data || data.version <= layoutVersion) return;
  throw new NewerLayout(
    `${file} was written by a newer version of cachegraph: it has the format ${data.version}, and this version reads formats ` +
      `up to ${layoutVersion}. Nothing was changed. Use the newer version, or choose another directory: --data-dir DIR or ` +
      'CACHEGRAPH_DATA_DIR=DIR.',
  );
}

export function writeLayout(directory: string, layout: Layout): Promise<void> {
  return writeWholeFile(fileIn(directory), `${JSON.stringify({ version: layoutVersion, ...layout }, undefined, 2)}\n`);
}
