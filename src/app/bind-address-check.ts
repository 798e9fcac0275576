import { isIP } from 'node:net';
import type { Config } from '../config/config.js';
import type { Logger } from '../telemetry/log.js';
import { StartupError } from '../runtime/startup-error.js';

type BindAddress = Pick<Config, 'host' | 'insecure' | 'accessFile'>;

/**
 * Refuses to listen where others than this machine's users could come in, unless they have to authenticate there.
 * @throws StartupError unless `insecure` says so in so many words
 */
export function checkBindAddress({ host, insecure, accessFile }: BindAddress): void {
  if (insecure || accessFile !== undefined || isLoopback(host)) return;
  throw new StartupError(
    `HOST is ${host}, which others than this machine can reach, and nobody has to authenticate. Name who may do what by ` +
      '--access FILE, listen on 127.0.0.1, or add --insecure if whoever can reach it may do everything.',
  );
}

/** Says so where tokens and data would cross a network in clear. */
export function warnAboutPlainHttp({ host, accessFile }: BindAddress, log: Logger): void {
  if (accessFile === undefined || isLoopback(host)) return;
  log.warn({ host }, 'tokens and data cross the network in clear: have a proxy with TLS before this address');
}

/** Where the local ElastiCache endpoint, which asks nobody who they are, listens beside an API that may do so. */
export function elastiCacheHost({ host, insecure }: BindAddress): string {
  return insecure || isLoopback(host) ? host : '127.0.0.1';
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
