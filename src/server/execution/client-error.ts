import { GraphQLError } from 'graphql';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { Logger } from '../../telemetry/log.js';

/**
 * An error as clients may see it: the one place where failures get their `extensions.code`. Failures of this API's own
 * kinds keep their message, faults of the request (syntax, validation, coercion) are told as they are; anything else is
 * a bug, logged with its cause under the request's ID and masked.
 */
export function toClientError(error: unknown, log: Logger): GraphQLError {
  const reason = rootCause(error);
  if (reason instanceof ExpectedFailure) {
    const { code, inputPath, upstreamCode } = reason;
    return located(error, reason.message, {
      code,
      ...(inputPath && { inputPath }),
      ...(upstreamCode !== undefined && { cause: upstreamCode }),
    });
  }
  if (reason instanceof Outage) {
    log.debug({ err: reason }, 'an upstream is out');
    return located(error, reason.message, { code: reason.code });
  }
  // Neither a resolver's error nor an exception: the engine itself speaks of the request.
  if (reason instanceof GraphQLError) return error instanceof GraphQLError ? error : reason;
  log.error({ err: reason }, 'unexpected error');
  return located(error, 'Unexpected error. The server has logged it.', { code: 'INTERNAL_SERVER_ERROR' });
}

/** What was thrown first, below the locations that the engine has put around it. */
function rootCause(error: unknown): unknown {
  let reason = error;
  while (reason instanceof GraphQLError && reason.originalError) reason = reason.originalError;
  return reason;
}

/** A new error at the same place of the operation; the original stays out, so that nothing of it can leak. */
function located(at: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const place = at instanceof GraphQLError ? { nodes: at.nodes ?? null, path: at.path ?? null } : {};
  return new GraphQLError(message, { ...place, extensions });
}
