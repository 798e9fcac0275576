import type { ExecutionResult, GraphQLError } from 'graphql';
import type { LiveSource } from '../../runtime/live-source.js';
import type { AuditLog } from '../../telemetry/audit-log.js';
import type { Logger } from '../../telemetry/log.js';
import type { EndedOperation, Metrics } from '../../telemetry/metrics.js';
import { createOperationSpans } from '../../telemetry/tracing/operation-spans.js';
import type { Refusal } from '../admission/refusal.js';
import type { RequestContext, RequestOrigin } from '../execution/request/request-context.js';
import { codeOf, maskError } from '../execution/results/mask-errors.js';
import type { PreparedOperation, RefusedOperation } from '../execution/prepared-operation.js';
import { auditedFields } from './audit-entries.js';
import { createRefusalLog } from './refusal-log.js';

type Opened = { readonly source: LiveSource<object> } | { readonly refusal: ExecutionResult };

/** Counts, traces and logs each operation of every transport once, and writes mutations to the audit log. */
export interface OperationObserver {
  /** Runs a query or mutation. Never rejects: the result contains a thrown error, masked. */
  answer(
    operation: PreparedOperation,
    context: RequestContext,
    run: () => Promise<ExecutionResult>,
  ): Promise<ExecutionResult>;
  /** Opens a subscription. Never rejects. */
  begin(operation: PreparedOperation, context: RequestContext, open: () => Promise<Opened>): Promise<Opened>;
  /** Records an operation that is refused before it runs; `operation` is undefined if it is not known. Returns masked errors. */
  refuse(
    context: RequestContext,
    errors: readonly unknown[],
    operation?: RefusedOperation,
  ): { readonly errors: readonly GraphQLError[] };
  /**
   * Records a request that is refused before its operation is read: counts it, and logs it as `createRefusalLog` describes. Returns
   * the masked error.
   */
  refuseRequest(origin: RequestOrigin, refusal: Refusal): GraphQLError;
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
    context: RequestContext,
    errors: readonly GraphQLError[] | undefined,
    operation: RefusedOperation | undefined,
  ): void => {
    const seconds = (performance.now() - context.startedAt) / 1000;
    const end: EndedOperation = {
      kind: operation?.plan.kind ?? 'unknown',
      name: operation?.plan.name,
      outcome: errors?.[0] ? codeOf(errors[0]) : 'ok',
      seconds,
    };
    metrics.operationEnded(end);
    if (operation?.plan.kind === 'mutation') record(operation, context, errors);
    if (log.isLevelEnabled('info')) logOperation(log, context, end);
  };
  const record = (
    operation: RefusedOperation,
    { requestId, principal, transport, address, userErrors }: RequestContext,
    errors: readonly GraphQLError[] | undefined,
  ): void => {
    const request = { requestId, principal: principal.name, transport, address };
    for (const field of auditedFields(operation, errors ? { errors } : {}, userErrors)) audit.write(request, field);
  };

  const traced = <Result>(
    operation: PreparedOperation,
    { transport, requestId, traceParent: parent }: RequestContext,
    work: () => Promise<Result>,
    errorsIn: (result: Result) => readonly GraphQLError[] | undefined,
  ): Promise<Result> => {
    if (!spans) return work();
    const { kind, name } = operation.plan;
    return spans.run({ kind, name, transport, requestId, parent }, work, (result) => {
      const [first] = errorsIn(result) ?? [];
      return first && codeOf(first);
    });
  };

  return {
    // Not async: every operation passes here, and each promise costs time.
    answer(operation, context, run) {
      const finish = (result: ExecutionResult): ExecutionResult => {
        ended(context, result.errors, operation);
        return result;
      };
      const failed = (error: unknown): ExecutionResult => ({ errors: [maskError(error, context)] });
      if (!spans) return run().then(finish, (error: unknown) => finish(failed(error)));
      return traced(operation, context, () => run().catch(failed), errorsOf).then(finish);
    },
    async begin(operation, context, open) {
      const refused = (error: unknown): Opened => ({ refusal: { errors: [maskError(error, context)] } });
      const opened = await traced(operation, context, () => open().catch(refused), refusalOf);
      ended(context, refusalOf(opened), operation);
      return opened;
    },
    refuse(context, reasons, operation) {
      const errors = reasons.map((reason) => maskError(reason, context));
      ended(context, errors, operation);
      return { errors };
    },
    refuseRequest(origin, refusal) {
      const error = maskError(refusal.error, { log, requestId: origin.requestId });
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

const maxLoggedNameLength = 100;

function logOperation(log: Logger, context: RequestContext, { kind, name, outcome, seconds }: EndedOperation): void {
  log.info(
    {
      requestId: context.requestId,
      transport: context.transport,
      kind,
      operation: name?.slice(0, maxLoggedNameLength),
      outcome,
      ms: Math.round(seconds * 1e5) / 100,
      principal: context.principal.name,
      address: context.address,
    },
    'operation',
  );
}
