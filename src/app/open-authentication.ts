import type { Config } from '../config/config.js';
import { BrokenAccessFile } from '../server/admission/access/access-file.js';
import { openAccessRegistry } from '../server/admission/access/access-registry.js';
import {
  createAuthenticator,
  allowAnonymous,
  type Authenticator,
} from '../server/admission/authentication/authenticator.js';
import { StartupError } from '../runtime/startup-error.js';
import { closeAll } from './shutdown-signals.js';
import type { Logger } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';

/** The authenticator, with the watched files behind it. */
export interface Authentication extends AsyncDisposable {
  readonly authenticator: Authenticator;
}

/**
 * Opens the configured authentication. Without an access file, every caller has every permission.
 * @throws StartupError if the access file or the key file is invalid
 */
export async function openAuthentication(
  { accessFile, authentication: { jwt }, limits }: Pick<Config, 'accessFile' | 'authentication' | 'limits'>,
  log: Logger,
  metrics: Pick<Metrics, 'authenticationRefused' | 'accessFileReloaded'>,
): Promise<Authentication> {
  if (accessFile === undefined) {
    return { authenticator: allowAnonymous, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const opened: AsyncDisposable[] = [];
  try {
    const registry = await openAccessRegistry({
      path: accessFile,
      log,
      onReload: metrics.accessFileReloaded,
      maxPatternLength: limits.maxPatternLength,
    });
    opened.push(registry);
    // Loaded on demand, because not every server accepts tokens.
    const tokens = jwt && (await (await import('./open-token-verifier.js')).openTokenVerifier(jwt, log));
    if (tokens) opened.push(tokens);
    return {
      authenticator: createAuthenticator({
        registry,
        verifyToken: tokens?.verify,
        onRefused: metrics.authenticationRefused,
      }),
      [Symbol.asyncDispose]: () => closeAll(opened, log),
    };
  } catch (error) {
    await closeAll(opened, log);
    if (error instanceof BrokenAccessFile) {
      throw new StartupError(`The access file ${accessFile} is invalid.\n  ${error.message}`, { cause: error });
    }
    throw error;
  }
}
