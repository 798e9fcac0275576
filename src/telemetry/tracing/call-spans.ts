import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { findTracer } from './tracer.js';

/**
 * Runs one call of ElastiCache's API in a span, by OpenTelemetry's conventions for the AWS SDK, if it serves a traced
 * request.
 */
export type InCallSpan = <Output>(call: string, run: () => Promise<Output>) => Promise<Output>;

export function createCallSpans(): InCallSpan {
  const tracer = findTracer();
  if (!tracer) return (_, run) => run();
  return (call, run) => {
    // Periodic calls would only create many traces without context.
    if (!trace.getActiveSpan()) return run();
    const attributes = { 'rpc.system': 'aws-api', 'rpc.service': 'ElastiCache', 'rpc.method': call };
    return tracer.startActiveSpan(`ElastiCache/${call}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      try {
        return await run();
      } catch (error) {
        span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
