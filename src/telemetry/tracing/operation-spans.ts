import { context, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { contextOf, type TraceParent } from './trace-parent.js';
import { findTracer } from './tracer.js';

interface TracedOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The operation name that the client chose. */
  readonly name: string | undefined;
  readonly transport: string;
  readonly requestId: string;
  readonly parent: TraceParent | undefined;
}

/** Runs operations in spans, as children of the traces that clients send. */
export interface OperationSpans {
  /** `failureOf` returns the code of the first error of a result. Spans contain no variables and no documents. */
  run<Result>(
    this: void,
    operation: TracedOperation,
    work: () => Promise<Result>,
    failureOf: (result: Result) => string | undefined,
  ): Promise<Result>;
}

const maxNameLength = 100;

/** Returns undefined if tracing is off. */
export function createOperationSpans(): OperationSpans | undefined {
  const tracer = findTracer();
  if (!tracer) return undefined;
  return {
    async run({ kind, name, transport, requestId, parent }, work, failureOf) {
      const named = name?.slice(0, maxNameLength);
      const attributes: Attributes = {
        'graphql.operation.type': kind,
        ...(named !== undefined && { 'graphql.operation.name': named }),
        'network.protocol.name': transport,
        'cachegraph.request_id': requestId,
      };
      const from = contextOf(parent);
      const title = named === undefined ? kind : `${kind} ${named}`;
      const span = tracer.startSpan(title, { kind: SpanKind.SERVER, attributes }, from);
      try {
        const result = await context.with(trace.setSpan(from, span), work);
        const failure = failureOf(result);
        if (failure !== undefined) {
          span.setAttribute('error.type', failure);
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        return result;
      } finally {
        span.end();
      }
    },
  };
}
