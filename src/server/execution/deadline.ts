import type { ExecutionResult } from 'graphql';
import { Outage } from '../../domain/errors.js';
import type { Caller } from './caller.js';
import { toClientError } from './client-error.js';
import type { PreparedOperation } from './pipeline.js';

/**
 * Runs a query or mutation and answers within `timeoutMs` whatever happens: nothing hangs. At the deadline `abort` is
 * called, so that what still runs may end; the outcome of a mutation is then unknown, and the error says so.
 */
export function executeInTime(
  operation: PreparedOperation,
  caller: Caller,
  timeoutMs: number,
  abort: (reason: Error) => void,
): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      const outage = new Outage(
        operation.kind === 'mutation' ? 'UNKNOWN_OUTCOME' : 'TIMEOUT',
        `The ${operation.kind} did not end within ${timeoutMs / 1000} s${
          operation.kind === 'mutation' ? '; whether it took effect is unknown' : ''
        }.`,
      );
      abort(outage);
      resolve({ errors: [toClientError(outage, caller)] });
    }, timeoutMs);
    const settle = (tell: () => void): void => {
      clearTimeout(deadline);
      tell();
    };
    Promise.resolve(operation.execute(caller)).then(
      (result) => settle(() => resolve(result)),
      (reason: unknown) => settle(() => reject(reason instanceof Error ? reason : new Error(String(reason)))),
    );
  });
}
