import { execFile } from 'node:child_process';
import { childEnvironment } from '../process/child-environment.js';

/** Variables for apt's configuration and proxies. */
const proxyNames = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'];
const networkNames = ['APT_CONFIG', ...proxyNames, ...proxyNames.map((name) => name.toUpperCase())];

interface CommandOptions {
  readonly cwd?: string | undefined;
  /** Added to the inherited environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** Runs a program and resolves to its standard output. If it fails, rejects with the end of its standard error. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, signal, timeout } = options;
  return new Promise((resolve, reject) => {
    execFile(
      file,
      [...args],
      { cwd, signal, timeout, env: childEnvironment(env, networkNames), maxBuffer: 16 * 1024 * 1024 },
      (cause, stdout, stderr) => {
        if (!cause) resolve(stdout);
        else reject(new Error(stderr.trim().split('\n').slice(-4).join('\n') || cause.message, { cause }));
      },
    );
  });
}
