/** Variables that a program needs to find its files and libraries. Credentials in the environment are not passed on. */
const inheritedNames = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/**
 * Creates the environment of every program that the local endpoint starts. Its locale is fixed: Valkey refuses to start
 * under a locale that is not installed, and messages of other programs are parsed.
 */
export function childEnvironment(
  added: Readonly<Record<string, string>> = {},
  alsoInherited: readonly string[] = [],
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of [...inheritedNames, ...alsoInherited]) {
    const value = process.env[name];
    if (value) environment[name] = value;
  }
  return { ...environment, ...added, LC_ALL: 'C' };
}
