import { getOperationAST, type ExecutionResult, type GraphQLError } from 'graphql';
import type { LiveSource } from '../../domain/live-source.js';
import type { AuditLog } from '../../telemetry/audit-log.js';
import type { Logger } from '../../telemetry/log.js';
import type { EndedOperation, Metrics } from '../../telemetry/metrics.js';
import { createOperationSpans } from '../../telemetry/tracing/operation-spans.js';
import type { Refusal } from '../admission/refusal.js';
import type { Caller, Origin } from '../execution/request-context.js';
import { codeOf, toClientError } from '../execution/mask-errors.js';
import type { PreparedOperation, RefusedOperation } from '../execution/pipeline.js';
import { auditedFields } from './audit-entries.js';
import { createRefusalLog } from './refusal-log.js';

type Opened = { readonly source: LiveSource<object> } | { readonly refusal: ExecutionResult };

/** Sees each operation once, whatever transport it comes by: counts and traces it, writes its line in the log, and audits mutations. */
export interface OperationObserver {
  /** Runs a query or mutation. Never rejects: what is thrown is in the result, as clients may see it. */
  answer(operation: PreparedOperation, caller: Caller, run: () => Promise<ExecutionResult>): Promise<ExecutionResult>;
  /** Begins a subscription; never rejects. */
  begin(operation: PreparedOperation, caller: Caller, open: () => Promise<Opened>): Promise<Opened>;
  /** Something was refused before it was run; the operation is given where it was known. The result has the errors as clients may see them. */
  refuse(
    caller: Caller,
    errors: readonly unknown[],
    operation?: RefusedOperation,
  ): { readonly errors: readonly GraphQLError[] };
  /**
   * A request was refused before anything of an operation was known: it is counted, and logged as `createRefusalLog` says. Answers
   * the error as clients may see it.
   */
  refuseRequest(origin: Origin, refusal: Refusal): GraphQLError;
}

interface ObserverOptions {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'operationEnded' | 'requestRefused'>;
  readonly audit: Pick<AuditLog, 'write'>;
}

export function createOperationObserver({ log, metrics, audit }: ObserverOptions): OperationObserver {
  const spans = createOperationSpans();
  const logRefusal = createRefusalLog(log);
  const ended = (
    caller: Caller,
    errors: readonly GraphQLError[] | undefined,
    operation: RefusedOperation | undefined,
  ): void => {
    const seconds = (performance.now() - caller.startedAt) / 1000;
    const end: EndedOperation = {
      kind: operation?.kind ?? 'unknown',
      name: operation && nameOf(operation),
      outcome: errors?.[0] ? codeOf(errors[0]) : 'ok',
      seconds,
    };
    metrics.operationEnded(end);
    if (operation?.kind === 'mutation') record(operation, caller, errors);
    if (log.isLevelEnabled('info')) logOperation(log, caller, end);
  };
  const record = (
    operation: RefusedOperation,
    { requestId, principal, transport, address, userErrors }: Caller,
    errors: readonly GraphQLError[] | undefined,
  ): void => {
    const request = { requestId, principal: principal.name, transport, address };
    for (const field of auditedFields(operation, errors ? { errors } : {}, userErrors)) audit.write(request, field);
  };

  const traced = <Result>(
    operation: PreparedOperation,
    { transport, requestId, traceParent: parent }: Caller,
    work: () => Promise<Result>,
    errorsIn: (result: Result) => readonly GraphQLError[] | undefined,
  ): Promise<Result> => {
    if (!spans) return work();
    const { kind } = operation;
    return spans.run({ kind, name: nameOf(operation), transport, requestId, parent }, work, (result) => {
      const [first] = errorsIn(result) ?? [];
      return first && codeOf(first);
    });
  };

  return {
    // Not async: each promise counts on the way of every operation.
    answer(operation, caller, run) {
      const finish = (result: ExecutionResult): ExecutionResult => {
        ended(caller, result.errors, operation);
        return result;
      };
      const refused = (error: unknown): ExecutionResult => ({ errors: [toClientError(error, caller)] });
      if (!spans) return run().then(finish, (error: unknown) => finish(refused(error)));
      return traced(operation, caller, () => run().catch(refused), errorsOf).then(finish);
    },
    async begin(operation, caller, open) {
      const refused = (error: unknown): Opened => ({ refusal: { errors: [toClientError(error, caller)] } });
      const opened = await traced(operation, caller, () => open().catch(refused), refusalOf);
      ended(caller, refusalOf(opened), operation);
      return opened;
    },
    refuse(caller, reasons, operation) {
      const errors = reasons.map((reason) => toClientError(reason, caller));
      ended(caller, errors, operation);
      return { errors };
    },
    refuseRequest(origin, refusal) {
      const error = toClientError(refusal.error, { log, requestId: origin.requestId });
      const code = codeOf(error);
      metrics.requestRefused(code);
      logRefusal({ origin, refusal, code });
      return error;
    },
  };
}

function errorsOf({ errors }: ExecutionResult): readonly GraphQLError[] | undefined {
  return errors;
}

function refusalOf(opened: Opened): readonly GraphQLError[] | undefined {
  return 'refusal' in opened ? opened.refusal.errors : undefined;
}

function nameOf({ document, operationName }: RefusedOperation): string | undefined {
  return getOperationAST(document, operationName)?.name?.value;
}

const longestName = 100;

function logOperation(log: Logger, caller: Caller, { kind, name, outcome, seconds }: EndedOperation): void {
  log.info(
    {
      requestId: caller.requestId,
      transport: caller.transport,
      kind,
      operation: name?.slice(0, longestName),
      outcome,
      ms: Math.round(seconds * 1e5) / 100,
      principal: caller.principal.name,
      address: caller.address,
    },
    'operation',
  );
}
