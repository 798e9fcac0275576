import { trace, type Tracer, type TracerProvider } from '@opentelemetry/api';

/**
 * Returns a tracer of the OpenTelemetry SDK that was registered before this program was loaded (`node --import`);
 * undefined if there is none. Call it once per component, so that disabled tracing costs nothing.
 */
export function findTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return isProxy(provider) ? provider.getDelegateTracer('cachegraph') : provider.getTracer('cachegraph');
}

/** The OpenTelemetry API's own provider, whose tracers do nothing until an SDK is registered. */
interface ProxyTracerProvider extends TracerProvider {
  getDelegateTracer(name: string): Tracer | undefined;
}

function isProxy(provider: TracerProvider): provider is ProxyTracerProvider {
  return 'getDelegateTracer' in provider;
}
