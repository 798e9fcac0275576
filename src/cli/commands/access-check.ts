import { readTextFile, readFailure } from '../../runtime/files/text-file.js';
import { BrokenAccessFile, parseAccessFile } from '../../server/admission/access/access-file.js';
import { StartupError } from '../../runtime/startup-error.js';

/**
 * Reports whether an access file is valid, and summarises it.
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
      `${path} is valid. Roles: ${Object.keys(roles).length}, bindings: ${bindings.length}, API keys: ${apiKeys.length}; ` +
        `callers without credentials are ${anonymous ? 'admitted' : 'refused'}.\n` +
        (expired.length > 0 ? `Expired API keys: ${expired.join(', ')}.\n` : ''),
    );
  } catch (error) {
    if (!(error instanceof BrokenAccessFile)) throw error;
    throw new StartupError(`The access file ${path} is invalid.\n  ${error.message}`, { cause: error });
  }
}
