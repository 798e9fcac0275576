import type { ExecutionResult } from 'graphql';
import { Outage } from '../../domain/errors.js';
import type { Departures } from '../departures.js';
import type { ServerLimits } from '../limits.js';
import type { Caller } from './caller.js';
import { toClientError } from './client-error.js';
import { createDeadline } from './deadline.js';
import type { PreparedOperation } from './pipeline.js';

/**
 * Runs a query or mutation and answers within `operationTimeoutMs` whatever happens: nothing hangs. At the deadline the caller's
 * signal aborts, so that what still waits may end; the outcome of a mutation that does not end is unknown, and the error says so.
 */
export function executeInTime(
  operation: PreparedOperation,
  caller: Caller,
  {
    limits,
    departures,
  }: {
    readonly limits: Pick<ServerLimits, 'operationTimeoutMs'>;
    readonly departures: Pick<Departures, 'onBegin'>;
  },
): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    const ends = { client: () => caller.clientSignal, departures };
    const deadline = createDeadline(limits.operationTimeoutMs, ends, (allowedMs) => {
      deadline.end();
      resolve({ errors: [toClientError(tooLate(operation, allowedMs), caller)] });
    });
    caller.runUntil(deadline);
    const settle = (tell: () => void): void => {
      deadline.end();
      tell();
    };
    Promise.resolve(operation.execute(caller)).then(
      (result) => settle(() => resolve(result)),
      (reason: unknown) => settle(() => reject(reason instanceof Error ? reason : new Error(String(reason)))),
    );
  });
}

function tooLate({ kind }: PreparedOperation, allowedMs: number): Outage {
  const message = `The ${kind} did not end within ${allowedMs / 1000} s`;
  return kind === 'mutation'
    ? new Outage('UNKNOWN_OUTCOME', `${message}; whether it took effect is unknown.`)
    : new Outage('TIMEOUT', `${message}.`);
}
