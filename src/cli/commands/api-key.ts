import { BrokenAccessFile, parseAccessFile } from '../../server/admission/access/access-file.js';
import { createApiKey, hashOf } from '../../server/admission/authentication/api-key.js';
import { StartupError } from '../../runtime/startup-error.js';

export interface ApiKeyFlags {
  readonly roles?: readonly string[];
  /** A date and time, as in the access file. */
  readonly expires?: string;
}

/**
 * Creates and prints an API key, which is not stored, and its entry for the access file.
 * @throws StartupError if an access file would not accept the entry
 */
export function apiKey(name: string, { roles = [], expires }: ApiKeyFlags): void {
  const key = createApiKey();
  const entry = { name, sha256: hashOf(key), roles, ...(expires !== undefined && { expiresAt: expires }) };
  check(entry);
  process.stdout.write(`
The API key, to be sent as "authorization: Bearer ${key.slice(0, 3)}…". It is shown this once:

  ${key}

Its entry in "apiKeys" of the access file${roles.length === 0 ? ', which has no roles yet' : ''}:

  ${JSON.stringify(entry)}
`);
}

function check(entry: { readonly roles: readonly string[] }): void {
  const roles = Object.fromEntries(entry.roles.map((role) => [role, { grants: [] }]));
  try {
    parseAccessFile(JSON.stringify({ roles, apiKeys: [entry] }));
  } catch (error) {
    if (!(error instanceof BrokenAccessFile)) throw error;
    throw new StartupError(`No access file would accept this API key.\n  ${error.message}`, { cause: error });
  }
}
