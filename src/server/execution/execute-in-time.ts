import type { ExecutionResult } from 'graphql';
import { Outage } from '../../domain/errors.js';
import { asError } from '../../runtime/errors.js';
import { isPromise } from '../../runtime/maybe-promise.js';
import type { GracefulShutdown } from '../graceful-shutdown.js';
import type { ServerLimits } from '../../config/limits/server-limits.js';
import type { RequestContext } from './request/request-context.js';
import { maskError } from './results/mask-errors.js';
import { createDeadline } from './request/deadline.js';
import type { PreparedOperation } from './prepared-operation.js';

/**
 * Executes a query or mutation. Resolves within `operationTimeoutMs`, even if a resolver hangs. At the deadline the context's signal
 * aborts, so that pending calls can end. If a mutation does not end, the error says that its outcome is unknown.
 */
export function executeInTime(
  operation: PreparedOperation,
  context: RequestContext,
  {
    limits,
    shutdown,
  }: {
    readonly limits: Pick<ServerLimits, 'operationTimeoutMs'>;
    readonly shutdown: Pick<GracefulShutdown, 'onDrain'>;
  },
): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    const endedBy = { client: () => context.clientSignal, shutdown };
    const deadline = createDeadline(limits.operationTimeoutMs, endedBy, (allowedMs) => {
      deadline.end();
      resolve({ errors: [maskError(timeoutError(operation, allowedMs), context)] });
    });
    context.runUntil(deadline);
    const succeed = (result: ExecutionResult): void => {
      deadline.end();
      resolve(result);
    };
    const fail = (reason: unknown): void => {
      deadline.end();
      reject(asError(reason));
    };
    try {
      const result = operation.execute(context);
      if (isPromise(result)) result.then(succeed, fail);
      else succeed(result);
    } catch (reason) {
      fail(reason);
    }
  });
}

function timeoutError({ plan: { kind } }: PreparedOperation, allowedMs: number): Outage {
  const message = `The ${kind} did not end within ${allowedMs / 1000} s`;
  return kind === 'mutation'
    ? new Outage('UNKNOWN_OUTCOME', `${message}; whether it took effect is unknown.`)
    : new Outage('TIMEOUT', `${message}.`);
}
