import { placeOfJsonError } from '../interop/json-error-place.js';
import { readFailure, readTextFile } from '../runtime/files/text-file.js';
import { StartupError } from '../runtime/startup-error.js';

/**
 * Reads the settings of a configuration file.
 * @throws StartupError if the file cannot be read or is not one JSON object; it repeats nothing of the file
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    throw new StartupError(`The configuration file ${path} ${readFailure(cause)}.`, { cause });
  });
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
  } catch (cause) {
    throw new StartupError(`The configuration file ${path} is not JSON${syntaxErrorPosition(text, cause)}.`, { cause });
  }
  throw new StartupError(`The configuration file ${path} must hold one JSON object.`);
}

function syntaxErrorPosition(text: string, cause: unknown): string {
  const place = placeOfJsonError(cause, text);
  return place ? `: line ${place.line}, column ${place.column}` : '';
}
