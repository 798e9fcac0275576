import { propagation, ROOT_CONTEXT, type Context } from '@opentelemetry/api';

/** The trace of a client's request, in the format of W3C Trace Context. */
export interface TraceParent {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** Reads the trace from headers, or from the `extensions` of an operation on a WebSocket; undefined if there is none. */
export function traceParentIn(source: object | null | undefined): TraceParent | undefined {
  if (!source || !('traceparent' in source)) return undefined;
  const { traceparent } = source;
  if (typeof traceparent !== 'string') return undefined;
  const tracestate = 'tracestate' in source ? source.tracestate : undefined;
  return { traceparent, ...(typeof tracestate === 'string' && { tracestate }) };
}

/** The parent context for a span; an invalid parent starts a new trace. */
export function contextOf(parent: TraceParent | undefined): Context {
  return parent ? propagation.extract(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
