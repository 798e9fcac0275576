import { readTextFile, readFailure } from '../runtime/files/text-file.js';
import { StartupError } from '../runtime/startup-error.js';

/**
 * The settings in a configuration file.
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
    throw new StartupError(`The configuration file ${path} is not JSON${placeOf(text, cause)}.`, { cause });
  }
  throw new StartupError(`The configuration file ${path} must hold one JSON object.`);
}

/** Where Node's parser stopped. Its own words repeat what stands there. */
function placeOf(text: string, cause: unknown): string {
  const position = cause instanceof Error ? /at position (\d+)/.exec(cause.message)?.[1] : undefined;
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return `: line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
