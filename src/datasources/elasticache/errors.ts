import { ElastiCacheServiceException } from '@aws-sdk/client-elasticache';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { refusals, refusedPath, type WriteOperation } from './refusals.js';

const credentialCodes = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const throttlingCodes = new Set(['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'RequestThrottled']);
/** The connection never stood, so nothing was sent. */
const unsentCodes = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL']);

/** An error of the SDK's in reading, as the domain's: what is not there is expected, all else an outage. */
export function domainErrorOfRead(error: unknown): Error {
  const code = errorCode(error);
  if (error instanceof ElastiCacheServiceException && refusals[code]?.code === 'NOT_FOUND') {
    return new ExpectedFailure('NOT_FOUND', error.message, { upstreamCode: code, cause: error });
  }
  return answered(error, code) ?? unanswered(error);
}

/**
 * An error of the SDK's in writing, as the domain's. ElastiCache's refusals are expected failures; where it cannot be
 * known whether the write was done, the outage is UNKNOWN_OUTCOME.
 */
export function domainErrorOfWrite(error: unknown, operation: WriteOperation, secrets: readonly string[]): Error {
  const code = errorCode(error);
  const known = answered(error, code);
  if (known) return known;
  const status = statusOf(error);
  if (error instanceof ElastiCacheServiceException && status !== undefined && status < 500) {
    const refusal = refusals[code] ?? { code: 'INVALID_INPUT' };
    const message = withoutSecrets(error.message, secrets);
    return new ExpectedFailure(refusal.code, message, {
      path: refusedPath(refusal, operation, message),
      upstreamCode: code,
      // The SDK's error repeats the message and keeps the answer, in which the secret may stand.
      cause: message === error.message ? error : undefined,
    });
  }
  if (status === undefined && wasNotSent(error, code)) return unanswered(error);
  return new Outage(
    'UNKNOWN_OUTCOME',
    'The answer of ElastiCache was lost: the change may or may not have been made. Look before trying again.',
    { cause: error },
  );
}

/** Answers that mean the same in reading and in writing: nothing was done, and nobody's input is wrong. */
function answered(error: unknown, code: string): Outage | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (throttlingCodes.has(code) || statusOf(error) === 429) {
    return new Outage('CONTROL_PLANE_UNAVAILABLE', `ElastiCache asks for fewer requests (${code}): ${message}`, {
      cause: error,
    });
  }
  if (code === 'InsufficientStorage') {
    return new Outage('CONTROL_PLANE_UNAVAILABLE', `ElastiCache could not store the change. ${message}`, {
      cause: error,
    });
  }
  if (statusOf(error) === 503) {
    return new Outage('CONTROL_PLANE_UNAVAILABLE', `ElastiCache is not available (${code}).`, { cause: error });
  }
  if (credentialCodes.has(code)) {
    // AWS's own words name accounts and roles, which are the operator's to read in the log.
    const message = `ElastiCache refuses this server's AWS credentials or their rights (${code}).`;
    return new Outage('CONTROL_PLANE_UNAVAILABLE', message, { cause: error });
  }
  return undefined;
}

function unanswered(error: unknown): Outage {
  const timedOut = error instanceof Error && error.name === 'TimeoutError' && statusOf(error) === undefined;
  const code = errorCode(error);
  if (timedOut && code !== 'ECONNRESET' && code !== 'EPIPE') {
    return new Outage('TIMEOUT', 'ElastiCache did not answer in time.', { cause: error });
  }
  const why = error instanceof Error ? error.message.split('\n', 1)[0] : code;
  return new Outage(
    'CONTROL_PLANE_UNAVAILABLE',
    `ElastiCache cannot be reached or did not answer as expected: ${why ?? code}`,
    {
      cause: error,
    },
  );
}

/** True where the request certainly never left: no connection, or no credentials or region to make one with. */
function wasNotSent(error: unknown, code: string): boolean {
  if (unsentCodes.has(code)) return true;
  if (!(error instanceof Error)) return false;
  // The SDK gives the timeout of a request the code ETIMEDOUT, and that of the connection none.
  if (error.name === 'TimeoutError') return code === 'TimeoutError';
  return error.name === 'CredentialsProviderError' || error.message === 'Region is missing';
}

/** The code on the wire (`UserNotFound`), which for some errors differs from the SDK's name (`UserNotFoundFault`). */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  if ('Code' in error && typeof error.Code === 'string') return error.Code;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof ElastiCacheServiceException ? error.$metadata.httpStatusCode : undefined;
}

function withoutSecrets(message: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => (secret ? text.replaceAll(secret, '(hidden)') : text), message);
}
