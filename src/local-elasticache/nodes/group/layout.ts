import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWholeFile } from '../../write-whole-file.js';

const port = z.number().int().min(1).max(65535);
const progress = z.object({
  history: z.number(),
  offset: z.number(),
  isBehind: z.boolean().optional(),
  isEmpty: z.boolean().optional(),
});
const layoutShape = z.object({
  nodes: z.record(z.string(), z.object({ port, busPort: port.optional() })),
  /** By shard ID: the node that was its primary last. */
  primaries: z.record(z.string(), z.string()),
  /** By node: how much of its shard's changes it had when it was seen last. Absent in folders of earlier versions. */
  progress: z.record(z.string(), progress).optional(),
});

/** What a group keeps over restarts besides its nodes' data: who listens where, and who leads each shard. */
export type Layout = z.infer<typeof layoutShape>;

const fileIn = (directory: string): string => join(directory, 'group.json');

/** @throws Error that says what to do where the file is there and cannot be read. */
export async function readLayout(directory: string): Promise<Layout | undefined> {
  const file = fileIn(directory);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  try {
    return layoutShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${file} is not what this program wrote. Delete that cluster, or the file to have its nodes on new ports.`,
      { cause },
    );
  }
}

export function writeLayout(directory: string, layout: Layout): Promise<void> {
  return writeWholeFile(fileIn(directory), `${JSON.stringify(layout, undefined, 2)}\n`);
}
