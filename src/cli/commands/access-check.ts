import { readTextFile, readFailure } from '../../runtime/files/text-file.js';
import { BrokenAccessFile, parseAccessFile } from '../../server/admission/access/access-file.js';
import { StartupError } from '../../runtime/startup-error.js';

/**
 * Says whether an access file would be taken, and what it holds.
 * @throws StartupError that names each fault by its path
 */
export async function accessCheck(path: string): Promise<void> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    throw new StartupError(`The access file ${path} ${readFailure(cause)}.`, { cause });
  });
  try {
    const { roles, bindings, apiKeys, anonymous } = parseAccessFile(text);
    const now = Date.now();
    const expired = apiKeys.filter(({ expiresAt = Infinity }) => expiresAt <= now).map(({ name }) => name);
    process.stdout.write(
      `${path} is right. Roles: ${Object.keys(roles).length}, bindings: ${bindings.length}, API keys: ${apiKeys.length}; ` +
        `callers without credentials are ${anonymous ? 'let in' : 'refused'}.\n` +
        (expired.length > 0 ? `Expired API keys: ${expired.join(', ')}.\n` : ''),
    );
  } catch (error) {
    if (!(error instanceof BrokenAccessFile)) throw error;
    throw new StartupError(`The access file ${path} is wrong.\n  ${error.message}`, { cause: error });
  }
}
