import type { JwtConfig } from '../config/authentication.js';
import {
  BrokenKeySet,
  createRemoteKeys,
  openKeyFile,
  type KeySource,
} from '../server/admission/authentication/key-source.js';
import { createTokenVerifier, type TokenVerifier } from '../server/admission/authentication/token-verifier.js';
import { StartupError } from '../runtime/startup-error.js';
import type { Logger } from '../telemetry/log.js';

/** A token verifier with its key source. */
export interface OpenTokenVerifier extends AsyncDisposable {
  readonly verify: TokenVerifier;
}

/** @throws StartupError if the key file is invalid */
export async function openTokenVerifier(jwt: JwtConfig, log: Logger): Promise<OpenTokenVerifier> {
  const keys = await openKeys(jwt, log);
  return { verify: createTokenVerifier(keys.find, jwt), [Symbol.asyncDispose]: () => keys[Symbol.asyncDispose]() };
}

async function openKeys({ keys }: JwtConfig, log: Logger): Promise<KeySource> {
  if ('file' in keys) {
    return openKeyFile(keys.file, log).catch((error: unknown) => {
      if (!(error instanceof BrokenKeySet)) throw error;
      throw new StartupError(`The key file ${keys.file} (jwksFile) is invalid: ${error.message}`, { cause: error });
    });
  }
  const { url } = keys;
  if (url.username !== '' || url.password !== '') {
    throw new StartupError(
      'The configuration is invalid.\n  authentication.jwt.jwksUri: expected a URL without user and password',
    );
  }
  if (url.protocol === 'http:') {
    log.warn(
      { url: url.href },
      'the keys of tokens are fetched without TLS: anyone who can impersonate that host can forge tokens',
    );
  }
  return createRemoteKeys(url, log);
}
