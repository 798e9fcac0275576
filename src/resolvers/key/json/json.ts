import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { readJson } from '../../../datasources/valkey/values/json/json.js';
import { encodeBytes } from '../../../domain/encoding.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import { parseJsonText } from '../../../domain/key/decoding/json-text.js';

const longestPath = 1000;
const longestReply = 4 * 1024 * 1024;
/** The depth to which the module nests by default (`json.max-path-limit` of valkey-json). */
const deepest = 128;

/**
 * The values at a path.
 * @throws ExpectedFailure INVALID_INPUT at `path`, INVALID_STATE for a reply that is too long or cannot be returned, NOT_SUPPORTED
 */
export async function json(reading: KeySnapshot, { path }: { readonly path: string }): Promise<unknown> {
  checkPath(path);
  const reply = await readJson(reading, path);
  if (!reply) return null;
  if (reply.length > longestReply) {
    throw new ExpectedFailure(
      'INVALID_STATE',
      `Expected at most ${longestReply} bytes of JSON, got ${reply.length}. Select less with \`path\`.`,
      { path: ['path'] },
    );
  }
  const parsed = parseJsonText(encodeBytes(reply, 'UTF8') ?? '', deepest);
  if (parsed && parsed !== 'too deep') return parsed.json;
  const expected = `Expected JSON of at most ${deepest} levels without the key \`__proto__\`, got something else.`;
  throw new ExpectedFailure('INVALID_STATE', `${expected} Select less with \`path\`.`, { path: ['path'] });
}

/** The module would read a word such as INDENT as an option. */
function checkPath(path: string): void {
  if (/^[$.]/.test(path) && path.length <= longestPath && path.isWellFormed()) return;
  throw invalidInput(
    `Expected a path such as "$.items[0]" or ".items", at most ${longestPath} characters, got another text.`,
    ['path'],
  );
}
