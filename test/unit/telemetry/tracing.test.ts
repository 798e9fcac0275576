import { expect, test } from 'vitest';
import { createCommandSpans } from '../../../src/telemetry/tracing/command-spans.js';
import { createOperationSpans } from '../../../src/telemetry/tracing/operation-spans.js';
import { traceParentIn } from '../../../src/telemetry/tracing/trace-parent.js';
import { findTracer } from '../../../src/telemetry/tracing/tracer.js';

test('without a registered SDK nothing is traced', () => {
  expect(findTracer()).toBeUndefined();
  expect(createOperationSpans()).toBeUndefined();
  expect(createCommandSpans({ host: 'h', port: 1, database: 0 })).toBeUndefined();
});

test.each([
  ['nothing', undefined, undefined],
  ['no trace', { tracestate: 'a=b' }, undefined],
  ['a traceparent of another type', { traceparent: 5 }, undefined],
  ['a trace', { traceparent: '00-1-2-01' }, { traceparent: '00-1-2-01' }],
  [
    'a trace with its state',
    { traceparent: '00-1-2-01', tracestate: 'a=b', other: 1 },
    { traceparent: '00-1-2-01', tracestate: 'a=b' },
  ],
])('of %s the trace is found', (_, source, expected) => {
  expect(traceParentIn(source)).toEqual(expected);
});
