import { SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { findTracer } from './tracer.js';

/** Call it when the command is answered. If it failed, pass the prefix of its error reply or the code of an outage. */
type Answered = (failure?: string) => void;

/** Spans of the commands that one connection sends for traced requests. They contain the names of commands only. */
export interface CommandSpans {
  /** Returns undefined if the command serves no request, like a heartbeat. */
  begin(this: void, command: string): Answered | undefined;
}

interface Batch {
  readonly span: Span;
  readonly parent: Span;
  readonly names: Set<string>;
  size: number;
  unanswered: number;
  isOpen: boolean;
}

/**
 * Creates one span for all commands of one request that leave in one write, by OpenTelemetry's conventions for database
 * clients. Returns undefined if tracing is off.
 */
export function createCommandSpans(
  { host, port, database }: { readonly host: string; readonly port: number; readonly database: number },
  tracer: Tracer | undefined = findTracer(),
): CommandSpans | undefined {
  if (!tracer) return undefined;
  const attributes = {
    'db.system.name': 'valkey',
    'db.namespace': String(database),
    'server.address': host,
    'server.port': port,
  };
  let newest: Batch | undefined;

  const start = (parent: Span, command: string): Batch => {
    const span = tracer.startSpan(command, { kind: SpanKind.CLIENT, attributes });
    const batch: Batch = { span, parent, names: new Set(), size: 0, unanswered: 0, isOpen: true };
    newest = batch;
    // Later commands leave in another write.
    setImmediate(() => {
      batch.isOpen = false;
      endWhenDone(batch);
    });
    return batch;
  };
  return {
    begin(command) {
      const parent = trace.getActiveSpan();
      if (!parent) return undefined;
      const batch = newest?.isOpen === true && newest.parent === parent ? newest : start(parent, command);
      batch.names.add(command);
      batch.size += 1;
      batch.unanswered += 1;
      return (failure) => {
        batch.unanswered -= 1;
        if (failure !== undefined) {
          batch.span.setAttribute('error.type', failure);
          batch.span.setStatus({ code: SpanStatusCode.ERROR });
        }
        endWhenDone(batch);
      };
    },
  };
}

function endWhenDone({ span, names, size, unanswered, isOpen }: Batch): void {
  if (isOpen || unanswered > 0) return;
  const [only = ''] = names;
  const name = size === 1 ? only : names.size === 1 ? `PIPELINE ${only}` : 'PIPELINE';
  span.updateName(name);
  span.setAttribute('db.operation.name', name);
  if (size > 1) span.setAttribute('db.operation.batch.size', size);
  span.end();
}
