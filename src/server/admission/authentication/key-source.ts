import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Logger } from '../../../telemetry/log.js';
import { readTextFile, readFailure } from '../../../runtime/files/text-file.js';
import { watchFile } from '../../../runtime/files/watched-file.js';
import { Unauthenticated } from './unauthenticated.js';

/** Finds the issuer's key that a token's header names. */
export interface KeySource extends AsyncDisposable {
  readonly find: JWTVerifyGetKey;
}

const fetchTimeoutMs = 3_000;
/** The minimum time between two fetches that unknown keys cause. */
const cooldownMs = 30_000;
/** Keys older than this are refreshed in the background. */
const refreshAfterMs = 300_000;
/** Keys older than this are not used, even if the issuer cannot be reached. */
const maxAgeMs = 3_600_000;
/** For this time after a failed fetch, requests are refused without another fetch. */
const pauseAfterFailureMs = 1_000;

/**
 * The keys that an issuer publishes at a URL. They are fetched when first needed, when a token names an unknown key, and every five
 * minutes. If the issuer is unavailable, the known keys are used for an hour.
 */
export function createRemoteKeys(url: URL, log: Logger, timeoutMs = fetchTimeoutMs): KeySource {
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
  });
  let refreshedAt = 0;
  let failedAt = -Infinity;
  const failed = (cause: unknown): Unauthenticated => {
    failedAt = performance.now();
    log.warn({ err: cause, url: url.href }, "the token issuer's keys cannot be fetched");
    return unavailable(cause);
  };
  const refreshIfOld = (): void => {
    if (performance.now() - refreshedAt < refreshAfterMs) return;
    refreshedAt = performance.now();
    if (keys.jwks()) keys.reload().catch(failed);
  };
  return {
    async find(header, token) {
      refreshIfOld();
      if (!keys.fresh && performance.now() - failedAt < pauseAfterFailureMs) throw unavailable();
      try {
        return await keys(header, token);
      } catch (error) {
        throw isCausedByToken(error) ? error : failed(error);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function unavailable(cause?: unknown): Unauthenticated {
  const message = "Tokens cannot be verified at the moment: the issuer's keys cannot be fetched.";
  return new Unauthenticated('unavailable', message, { cause });
}

/** Whether the token is at fault. Any other error is a failed fetch. */
function isCausedByToken(error: unknown): boolean {
  const kinds = [
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
    errors.JOSENotSupported,
    errors.JOSEAlgNotAllowed,
  ];
  return kinds.some((kind) => error instanceof kind);
}

/** A key file that cannot be read or is not a key set. */
export class BrokenKeySet extends Error {
  override readonly name = 'BrokenKeySet';
}

/**
 * The keys in a file, which is reloaded after each change. An invalid file is logged, and the previous keys stay in use.
 * @throws BrokenKeySet if the file cannot be read or is invalid at the start
 */
export async function openKeyFile(path: string, log: Logger): Promise<KeySource> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    throw new BrokenKeySet(`it ${readFailure(cause)}.`, { cause });
  });
  let keys = parseKeySet(text);
  const unwatch = watchFile(path, text, (found) => {
    try {
      if (found instanceof Error) throw new BrokenKeySet(`it ${readFailure(found)}.`, { cause: found });
      keys = parseKeySet(found);
      log.info({ path }, 'the file of keys was reloaded');
    } catch (error) {
      log.error({ err: error, path }, 'the file of keys is invalid; the previous keys stay in use');
    }
  });
  return {
    find: (header, token) => keys(header, token),
    [Symbol.asyncDispose]() {
      unwatch();
      return Promise.resolve();
    },
  };
}

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP', 'AKP']) })).min(1) });

function parseKeySet(text: string): JWTVerifyGetKey {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new BrokenKeySet('it is not JSON.');
  }
  const parsed = keySetSchema.safeParse(content);
  // The problem is not quoted, because the file may contain a private key by mistake.
  if (!parsed.success)
    throw new BrokenKeySet('expected a JSON Web Key Set of public keys: { "keys": [{ "kty", … }] }.');
  return createLocalJWKSet(parsed.data);
}
