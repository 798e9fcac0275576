import { GraphQLError } from 'graphql';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { redactMessage } from '../../../interop/graphql-messages.js';
import { operationCodes } from './error-codes.js';
import { LimitExceeded } from '../../limits/limit-exceeded.js';
import type { Logger } from '../../../telemetry/log.js';

/** The log that an error is written to, and the ID of its request. */
export interface ErrorLog {
  readonly log: Logger;
  readonly requestId?: string | undefined;
}

/**
 * Converts any error to one that clients may see. This is the only place that assigns `extensions.code`. This API's own error
 * classes keep their message. Errors of graphql-js about the request (syntax, validation, coercion) lose the values in their
 * message. Anything else is a bug: it is logged with its cause, and masked. Each error has `extensions.requestId`, if known.
 */
export function maskError(error: unknown, { log, requestId }: ErrorLog): GraphQLError {
  const reason = rootCause(error);
  const withRequestId = { ...(requestId !== undefined && { requestId }) };
  if (reason instanceof ExpectedFailure) {
    const { code, inputPath, upstreamCode } = reason;
    return located(error, reason.message, {
      code,
      ...(inputPath && { inputPath }),
      ...(upstreamCode !== undefined && { cause: upstreamCode }),
      ...withRequestId,
    });
  }
  if (reason instanceof Outage) {
    log.debug({ err: reason }, reason.code === 'FORBIDDEN' ? 'permission denied' : 'an upstream is unavailable');
    return located(error, reason.message, { code: reason.code, ...withRequestId });
  }
  if (reason instanceof LimitExceeded)
    return located(error, reason.message, { ...reason.extensions, ...withRequestId });
  // graphql-js itself reports an error of the request: no resolver threw.
  if (reason instanceof GraphQLError) {
    const reported = error instanceof GraphQLError ? error : reason;
    return located(reported, redactMessage(reported.message, reported.originalError?.message), {
      code: engineCode(reported, reason),
      ...reported.extensions,
      ...withRequestId,
    });
  }
  log.error({ err: reason }, 'unexpected error');
  return located(error, 'Unexpected error. The server has logged it.', {
    code: operationCodes.unexpected,
    ...withRequestId,
  });
}

/** The `extensions.code` of a masked error. */
export function codeOf({ extensions: { code } }: GraphQLError): string {
  return typeof code === 'string' ? code : operationCodes.unexpected;
}

/**
 * The code of an error that graphql-js reports during execution. It cannot coerce a variable, or an argument that depends on one; or
 * it cannot serialise a resolver's value, which is a bug. Only the latter error has a path, and at first no position in the document.
 */
function engineCode({ path }: GraphQLError, { nodes }: GraphQLError): string {
  return path && !nodes ? operationCodes.unexpected : operationCodes.variables;
}

/** The error that was thrown first. graphql-js wraps it to add locations. */
function rootCause(error: unknown): unknown {
  let reason = error;
  while (reason instanceof GraphQLError && reason.originalError) reason = reason.originalError;
  return reason;
}

/** A new error with the same location. It does not contain the original error, so nothing of that can leak. */
function located(at: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const place =
    at instanceof GraphQLError
      ? { nodes: at.nodes ?? null, source: at.source ?? null, positions: at.positions ?? null, path: at.path ?? null }
      : {};
  return new GraphQLError(message, { ...place, extensions });
}
