import { isIP } from 'node:net';
import type { Config } from '../config/config.js';
import type { Logger } from '../telemetry/log.js';
import { StartupError } from '../runtime/startup-error.js';

type BindAddress = Pick<Config, 'host' | 'insecure' | 'accessFile'>;

/**
 * Refuses to listen on an address that other machines can reach, unless callers must authenticate.
 * @throws StartupError unless the configuration says `insecure`
 */
export function checkBindAddress({ host, insecure, accessFile }: BindAddress): void {
  if (insecure || accessFile !== undefined || isLoopbackAddress(host)) return;
  throw new StartupError(
    `HOST is ${host}, which other machines can reach, and callers do not have to authenticate. Configure permissions by ` +
      '--access FILE, listen on 127.0.0.1, or add --insecure if everybody who can reach it may do everything.',
  );
}

/** Warns if tokens and data cross a network unencrypted. */
export function warnAboutPlainHttp({ host, accessFile }: BindAddress, log: Logger): void {
  if (accessFile === undefined || isLoopbackAddress(host)) return;
  log.warn({ host }, 'tokens and data cross the network unencrypted: put a proxy with TLS in front of this address');
}

/** The address of the local ElastiCache endpoint. It never authenticates its callers, even if the API beside it does. */
export function elastiCacheHost({ host, insecure }: BindAddress): string {
  return insecure || isLoopbackAddress(host) ? host : '127.0.0.1';
}

export function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
