import { propagation, ROOT_CONTEXT, type Context } from '@opentelemetry/api';

/** The trace that somebody else's request belongs to, as W3C Trace Context writes it. */
export interface TraceParent {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** Reads it from headers, or from the `extensions` of an operation on a WebSocket; undefined where there is none. */
export function traceParentIn(source: object | null | undefined): TraceParent | undefined {
  if (!source || !('traceparent' in source)) return undefined;
  const { traceparent } = source;
  if (typeof traceparent !== 'string') return undefined;
  const tracestate = 'tracestate' in source ? source.tracestate : undefined;
  return { traceparent, ...(typeof tracestate === 'string' && { tracestate }) };
}

/** Where a span begins that goes on with it; what is not valid begins a trace of its own. */
export function contextOf(parent: TraceParent | undefined): Context {
  return parent ? propagation.extract(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
