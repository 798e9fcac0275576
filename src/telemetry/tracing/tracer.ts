import { trace, type Tracer, type TracerProvider } from '@opentelemetry/api';

/**
 * Where spans go: the OpenTelemetry SDK that was registered before this program was loaded (`node --import`); undefined where
 * there is none. To be asked once, so that without one nothing costs anything.
 */
export function findTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return isStandIn(provider) ? provider.getDelegateTracer('cachegraph') : provider.getTracer('cachegraph');
}

/** The API's own, whose tracers do nothing until an SDK stands behind it. */
interface StandIn extends TracerProvider {
  getDelegateTracer(name: string): Tracer | undefined;
}

function isStandIn(provider: TracerProvider): provider is StandIn {
  return 'getDelegateTracer' in provider;
}
