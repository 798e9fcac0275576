import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import type { ValkeyCommands } from '../../datasources/valkey/interfaces.js';
import type { Context } from './context.js';

/** Longer lists would make a single command too large. */
const longestList = 1000;
const longestPage = 1000;

/** @throws ExpectedFailure INVALID_INPUT at `path` if the list is empty or too long for one command */
export function checkList(list: readonly unknown[], path: readonly string[]): void {
  if (list.length >= 1 && list.length <= longestList) return;
  throw invalidInput(`Expected 1 to ${longestList} items, got ${list.length}.`, path);
}

/** @throws ExpectedFailure INVALID_INPUT at `first` */
export function checkFirst(first: number): void {
  checkCount(first, ['first']);
}

/** @throws ExpectedFailure INVALID_INPUT at `path` if one reply cannot have so many items */
export function checkCount(count: number, path: readonly string[]): void {
  if (count >= 1 && count <= longestPage) return;
  throw invalidInput(`Expected 1 to ${longestPage}, got ${count}.`, path);
}

/**
 * Decodes each text.
 * @throws ExpectedFailure INVALID_INPUT at the index of a text that is not valid in the encoding
 */
export function decodeList(texts: readonly string[], encoding: Encoding, path: readonly string[]): Buffer[] {
  checkList(texts, path);
  return texts.map((text, index) => decodeBytes(text, encoding, [...path, String(index)]));
}

/** Without repetitions, in the same order. */
export function distinctBytes(list: readonly Buffer[]): Buffer[] {
  return [...new Map(list.map((each) => [each.toString('latin1'), each])).values()];
}

/** Decodes names and values. */
export function decodeFields(
  fields: readonly { readonly name: string; readonly value: string }[],
  { encoding, valueEncoding }: { readonly encoding: Encoding; readonly valueEncoding: Encoding },
  path: readonly string[],
): { name: Buffer; value: Buffer }[] {
  checkList(fields, path);
  return fields.map(({ name, value }, index) => ({
    name: decodeBytes(name, encoding, [...path, String(index), 'name']),
    value: decodeBytes(value, valueEncoding, [...path, String(index), 'value']),
  }));
}

/**
 * The pattern `match`, if one is given. An empty pattern matches the empty name only, as in Valkey.
 * @throws ExpectedFailure INVALID_INPUT at `match`
 */
export function readMatch(
  { patterns }: Pick<Context, 'patterns'>,
  { match, encoding }: { readonly match?: string | null | undefined; readonly encoding: Encoding },
): Buffer | undefined {
  return match == null ? undefined : patterns.read(match, encoding, ['match']);
}

/** @throws ExpectedFailure INVALID_INPUT at `input.entryIds` for special IDs, and for a list that is empty or too long */
export function checkEntryIds(ids: readonly string[]): readonly string[] {
  checkList(ids, ['input', 'entryIds']);
  ids.forEach((id, index) => checkEntryId(id, ['input', 'entryIds', String(index)]));
  return ids;
}

/** @throws ExpectedFailure INVALID_INPUT at `path` for `$`, `-` and `+` */
export function checkEntryId(id: string, path: readonly string[]): void {
  if (/^\d/.test(id)) return;
  throw invalidInput(`Expected an entry ID such as "1526919030474-55", got "${id}".`, path);
}

/**
 * The commands of the cluster that a mutation's input names.
 * @throws ExpectedFailure NOT_FOUND, NOT_CONNECTED, PERMISSION_DENIED at `input.cluster`; Outage
 */
export async function commandsFor({ connections }: Context, cluster: string): Promise<ValkeyCommands> {
  try {
    return await connections.commands(cluster);
  } catch (error) {
    throw withPath(error, ['input', 'cluster']);
  }
}

/** The same failure with a path, unless it has one. Returns other errors unchanged. */
export function withPath(error: unknown, path: readonly string[]): unknown {
  if (!(error instanceof ExpectedFailure) || error.inputPath) return error;
  const { code, message, upstreamCode } = error;
  return new ExpectedFailure(code, message, { path, upstreamCode, cause: error });
}
