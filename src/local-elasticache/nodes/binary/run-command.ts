import { execFile } from 'node:child_process';

interface CommandOptions {
  readonly cwd?: string | undefined;
  /** Besides what is inherited. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** What the program printed on standard output. Rejects with the end of its standard error where it failed. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, signal, timeout } = options;
  return new Promise((resolve, reject) => {
    execFile(
      file,
      [...args],
      // LC_ALL: messages are parsed and shown, so they should not depend on who runs this.
      { cwd, signal, timeout, env: { ...process.env, ...env, LC_ALL: 'C' }, maxBuffer: 16 * 1024 * 1024 },
      (cause, stdout, stderr) => {
        if (!cause) resolve(stdout);
        else reject(new Error(stderr.trim().split('\n').slice(-4).join('\n') || cause.message, { cause }));
      },
    );
  });
}
