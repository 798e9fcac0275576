import type { GraphQLSchema } from 'graphql';
import * as z from 'zod';
import type { Config } from '../config/config.js';
import { readTextFile, readFailure } from '../runtime/files/text-file.js';
import { createDocuments } from '../server/execution/prepare/documents.js';
import { hashOf, type PersistedOperations } from '../server/execution/prepare/persisted-operations.js';
import { StartupError } from '../runtime/startup-error.js';

/** The format of codegen's client preset, Relay's compiler and others: documents by their hashes. */
const fileSchema = z.record(z.string(), z.string());
/** Further faults are counted only. */
const maxReported = 20;

/**
 * Reads the documents that clients may request by their hashes.
 * @throws StartupError that names each document whose hash is wrong or that cannot be executed
 */
export async function openPersistedOperations(
  { persistedOperations, limits }: Pick<Config, 'persistedOperations' | 'limits'>,
  schema: GraphQLSchema,
): Promise<PersistedOperations | undefined> {
  if (!persistedOperations) return undefined;
  const { file, only } = persistedOperations;
  const read = createDocuments(schema, limits);
  const documents = new Map<string, string>();
  const faults: string[] = [];
  for (const [name, text] of Object.entries(await readDocuments(file))) {
    const hash = name.toLowerCase().replace(/^sha256:/, '');
    if (hash !== hashOf(text)) faults.push(`${name}: expected the SHA-256 of its document, ${hashOf(text)}`);
    for (const { message } of read(text).errors) faults.push(`${name}: ${message}`);
    documents.set(hash, text);
  }
  if (faults.length === 0) return { documents, only };
  const more = faults.length > maxReported ? `\n  and ${faults.length - maxReported} more` : '';
  throw new StartupError(
    `The persisted operations of ${file} are invalid.\n  ${faults.slice(0, maxReported).join('\n  ')}${more}`,
  );
}

async function readDocuments(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readTextFile(file).catch((cause: unknown) => {
    throw new StartupError(`The file ${file} (persistedOperations.file) ${readFailure(cause)}.`, { cause });
  });
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StartupError(
      `The file ${file} (persistedOperations.file) must hold one JSON object of documents by their SHA-256.`,
      { cause },
    );
  }
}
