import { isIP } from 'node:net';
import { StartupError } from './startup-error.js';

/**
 * Refuses to listen where others than this machine's users could come in, as nobody has to authenticate.
 * @throws StartupError unless `insecure` says so in so many words
 */
export function refuseUnprotected({ host, insecure }: { readonly host: string; readonly insecure: boolean }): void {
  if (insecure || isLoopback(host)) return;
  throw new StartupError(
    `HOST is ${host}, which others than this machine can reach, and nobody has to authenticate. ` +
      'Listen on 127.0.0.1, or add --insecure if whoever can reach it may do everything.',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
