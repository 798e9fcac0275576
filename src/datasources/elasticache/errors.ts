import { ElastiCacheServiceException } from '@aws-sdk/client-elasticache';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { Throttling } from './throttling.js';
import { refusals, type WriteOperation } from './refusals.js';
import { refusedPath } from './refused-path.js';

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
/** The connection was never established, so nothing was sent. */
const unsentCodes = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL']);

/**
 * Refusals of what an action does not offer: of AWS for cache clusters, and of the local endpoint. They have AWS's codes for invalid
 * parameters, which other refusals have too.
 */
const notOffered =
  /\b(?:by the local ElastiCache endpoint|The local ElastiCache endpoint (?:offers|cannot)|This API doesn't support)\b/;

/**
 * The domain error for an SDK error of a read. A missing resource is an expected failure, and so is one whose state does not allow
 * the read, as that of the tags of a cluster that is being modified. Everything else is an outage.
 */
export function domainErrorOfRead(error: unknown): Error {
  const code = errorCode(error);
  const refused = refusals[code]?.code;
  if (error instanceof ElastiCacheServiceException && (refused === 'NOT_FOUND' || refused === 'INVALID_STATE')) {
    return new ExpectedFailure(refused, error.message, { upstreamCode: code, cause: error });
  }
  if (code === 'APICallRateForCustomerExceeded') {
    return new Throttling(`ElastiCache limits the rate of requests (${code}).`, { cause: error });
  }
  return answered(error, code) ?? unanswered(error);
}

/**
 * The domain error for an SDK error of a write. ElastiCache's refusals are expected failures. If it is unknown whether the write was
 * executed, the error is the outage UNKNOWN_OUTCOME.
 */
export function domainErrorOfWrite(error: unknown, operation: WriteOperation, secrets: readonly string[]): Error {
  const code = errorCode(error);
  const known = answered(error, code);
  if (known) return known;
  const status = statusOf(error);
  if (error instanceof ElastiCacheServiceException && status !== undefined && status < 500) {
    const refusal = notOffered.test(error.message)
      ? ({ code: 'NOT_SUPPORTED' } as const)
      : (refusals[code] ?? { code: 'INVALID_INPUT' });
    const message = withoutSecrets(error.message, secrets);
    return new ExpectedFailure(refusal.code, message, {
      path: refusedPath(refusal, operation, message),
      upstreamCode: code,
      // The SDK's error contains the message and the response, which may contain the secret.
      cause: message === error.message ? error : undefined,
    });
  }
  if (status === undefined && wasNotSent(error, code)) return unanswered(error);
  return new Outage(
    'UNKNOWN_OUTCOME',
    'The response of ElastiCache was lost: the change may or may not have been made. Check before trying again.',
    { cause: error },
  );
}

/** Responses with the same meaning for reads and writes: nothing was executed, and the input is not wrong. */
function answered(error: unknown, code: string): Outage | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (throttlingCodes.has(code) || statusOf(error) === 429) {
    return new Throttling(`ElastiCache throttles requests (${code}): ${message}`, { cause: error });
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
    // AWS's message names accounts and roles. Only the operator may see them, in the log.
    const message = `ElastiCache refused this server's AWS credentials, or their permissions are insufficient (${code}).`;
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
    `ElastiCache cannot be reached, or its response was not the expected one: ${why ?? code}`,
    {
      cause: error,
    },
  );
}

/** Whether the request was certainly not sent, because there was no connection, no credentials or no region. */
function wasNotSent(error: unknown, code: string): boolean {
  if (unsentCodes.has(code)) return true;
  if (!(error instanceof Error)) return false;
  // The SDK's error for a request timeout has the code ETIMEDOUT. Its error for a connection timeout has no code.
  if (error.name === 'TimeoutError') return code === 'TimeoutError';
  return error.name === 'CredentialsProviderError' || error.message === 'Region is missing';
}

/** The code in the response (`UserNotFound`), which differs from the SDK's name (`UserNotFoundFault`) for some errors. */
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
