import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Logger } from '../../../telemetry/log.js';
import { readTextFile, readFailure } from '../../../runtime/files/text-file.js';
import { watchFile } from '../../../runtime/files/watched-file.js';
import { Unauthenticated } from './unauthenticated.js';

/** Finds the key that a token says it is signed by, among the issuer's own. */
export interface KeySource extends AsyncDisposable {
  readonly find: JWTVerifyGetKey;
}

const fetchTimeoutMs = 3_000;
/** Between two fetches because of a key that is not known. */
const cooldownMs = 30_000;
/** Keys older than this are fetched anew while they still serve. */
const refreshAfterMs = 300_000;
/** Keys older than this serve no more, though the issuer cannot be reached. */
const maxAgeMs = 3_600_000;
/** After a fetch that failed, nobody waits for another one. */
const pauseAfterFailureMs = 1_000;

/**
 * The keys that an issuer publishes at a URL: fetched when first needed, again when a token names another one, and every
 * five minutes. While the issuer is out, those that are known serve for an hour.
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
    log.warn({ err: cause, url: url.href }, 'the keys that tokens are signed by cannot be fetched');
    return unavailable(cause);
  };
  const refreshInTime = (): void => {
    if (performance.now() - refreshedAt < refreshAfterMs) return;
    refreshedAt = performance.now();
    if (keys.jwks()) keys.reload().catch(failed);
  };
  return {
    async find(header, token) {
      refreshInTime();
      if (!keys.fresh && performance.now() - failedAt < pauseAfterFailureMs) throw unavailable();
      try {
        return await keys(header, token);
      } catch (error) {
        throw isOfToken(error) ? error : failed(error);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function unavailable(cause?: unknown): Unauthenticated {
  return new Unauthenticated('unavailable', 'Tokens cannot be checked for now: their keys cannot be had.', { cause });
}

/** Whether it speaks of the token; anything else is the fetch that failed. */
function isOfToken(error: unknown): boolean {
  const kinds = [
    errors.JWKSNoMatchingKey,
    errors.JWKSMultipleMatchingKeys,
    errors.JOSENotSupported,
    errors.JOSEAlgNotAllowed,
  ];
  return kinds.some((kind) => error instanceof kind);
}

/** A key set that holds something else. */
export class BrokenKeySet extends Error {
  override readonly name = 'BrokenKeySet';
}

/**
 * The keys in a file, as it is now; one that turns wrong is logged, and the keys before it stand.
 * @throws BrokenKeySet where it cannot be read or is none from the start
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
      log.info({ path }, 'the keys that tokens are signed by have changed');
    } catch (error) {
      log.error({ err: error, path }, 'the file of keys is wrong: what it said before stands');
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
  // What is wrong with which member is not quoted: a private key may have got there.
  if (!parsed.success)
    throw new BrokenKeySet('expected a JSON Web Key Set of public keys: { "keys": [{ "kty", … }] }.');
  return createLocalJWKSet(parsed.data);
}
