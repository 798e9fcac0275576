import { GraphQLError } from 'graphql';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { redactMessage } from '../../interop/graphql-messages.js';
import { operationCodes } from './error-codes.js';
import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { Logger } from '../../telemetry/log.js';

/** Where an error is logged, and the ID of its request. */
export interface ErrorLog {
  readonly log: Logger;
  readonly requestId?: string | undefined;
}

/**
 * An error as clients may see it: the one place where failures get their `extensions.code`. Failures of this API's own
 * kinds keep their message, faults of the request (syntax, validation, coercion) lose the values in it; anything else is
 * a bug, logged with its cause and masked. All have the request's ID, where there is one, as `extensions.requestId`.
 */
export function maskError(error: unknown, { log, requestId }: ErrorLog): GraphQLError {
  const reason = rootCause(error);
  const told = { ...(requestId !== undefined && { requestId }) };
  if (reason instanceof ExpectedFailure) {
    const { code, inputPath, upstreamCode } = reason;
    return located(error, reason.message, {
      code,
      ...(inputPath && { inputPath }),
      ...(upstreamCode !== undefined && { cause: upstreamCode }),
      ...told,
    });
  }
  if (reason instanceof Outage) {
    log.debug({ err: reason }, reason.code === 'FORBIDDEN' ? 'refused' : 'an upstream is out');
    return located(error, reason.message, { code: reason.code, ...told });
  }
  if (reason instanceof LimitExceeded) return located(error, reason.message, { ...reason.extensions, ...told });
  // Neither a resolver's error nor an exception: the engine itself speaks of the request.
  if (reason instanceof GraphQLError) {
    const said = error instanceof GraphQLError ? error : reason;
    return located(said, redactMessage(said.message, said.originalError?.message), {
      code: engineCode(said, reason),
      ...said.extensions,
      ...told,
    });
  }
  log.error({ err: reason }, 'unexpected error');
  return located(error, 'Unexpected error. The server has logged it.', { code: operationCodes.unexpected, ...told });
}

/** Its `extensions.code`, which every error has that clients may see. */
export function codeOf({ extensions: { code } }: GraphQLError): string {
  return typeof code === 'string' ? code : operationCodes.unexpected;
}

/**
 * The code of what graphql-js reports while it runs an operation: it cannot coerce variables, or an argument that depends on one.
 * A value that the schema cannot write has a path, and no place in the document at first.
 */
function engineCode({ path }: GraphQLError, { nodes }: GraphQLError): string {
  return path && !nodes ? operationCodes.unexpected : operationCodes.variables;
}

/** What was thrown first, below the locations that the engine has put around it. */
function rootCause(error: unknown): unknown {
  let reason = error;
  while (reason instanceof GraphQLError && reason.originalError) reason = reason.originalError;
  return reason;
}

/** A new error at the same place of the operation; the original stays out, so that nothing of it can leak. */
function located(at: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const place =
    at instanceof GraphQLError
      ? { nodes: at.nodes ?? null, source: at.source ?? null, positions: at.positions ?? null, path: at.path ?? null }
      : {};
  return new GraphQLError(message, { ...place, extensions });
}
