import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { eventually } from '../../helpers/run/eventually.js';
import { post } from '../../helpers/clients/graphql-client.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

beforeEach(() => {
  provider.register();
  exporter.reset();
});

const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

async function served() {
  const valkey = await startValkey();
  const api = await serve({ orders: valkey });
  // Entering the cluster sends commands of its own.
  await post(api.url, '{ cluster(name: "orders") { keyCount } }');
  await eventually(() => expect(spans().some(({ kind }) => kind === SpanKind.SERVER)).toBe(true));
  exporter.reset();
  return {
    valkey,
    url: api.url,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await valkey[Symbol.asyncDispose]();
    },
  };
}

test("an operation is a span of its request's trace, with a child span for each batch of commands", async () => {
  await using api = await served();
  await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent, 'x-request-id': 'r-1' },
    body: JSON.stringify({
      query:
        'query Read($key: String!) { cluster(name: "orders") { a: key(name: $key) { type } b: key(name: "b") { type } } }',
      variables: { key: 'private-key' },
    }),
  });
  await eventually(() => expect(spans()).toHaveLength(2));
  const operation = spans().find(({ kind }) => kind === SpanKind.SERVER)!;
  const command = spans().find(({ kind }) => kind === SpanKind.CLIENT)!;
  expect(operation.name).toBe('query Read');
  expect(operation.attributes).toEqual({
    'graphql.operation.type': 'query',
    'graphql.operation.name': 'Read',
    'network.protocol.name': 'http',
    'cachegraph.request_id': 'r-1',
  });
  expect(operation.spanContext().traceId).toBe(traceId);
  expect(operation.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(command.parentSpanContext?.spanId).toBe(operation.spanContext().spanId);
  expect(command.name).toBe('PIPELINE TYPE');
  expect(command.attributes).toEqual({
    'db.system.name': 'valkey',
    'db.namespace': '0',
    'db.operation.name': 'PIPELINE TYPE',
    'db.operation.batch.size': 2,
    'server.address': api.valkey.host,
    'server.port': api.valkey.port,
  });
  expect(JSON.stringify(spans().map(({ name, attributes, events }) => [name, attributes, events]))).not.toContain(
    'private',
  );
});

test('a span that fails has the code of its error', async () => {
  await using api = await served();
  await api.valkey.command('SET', 'text', 'v');
  await post(api.url, '{ cluster(name: "orders") { hash(name: "text") { length } } }');
  await eventually(() => expect(spans().some(({ kind }) => kind === SpanKind.SERVER)).toBe(true));
  const failed = spans().filter(({ status }) => status.code === SpanStatusCode.ERROR);
  expect(failed.map(({ kind, attributes }) => [kind, attributes['error.type']])).toContainEqual([
    SpanKind.SERVER,
    'WRONG_TYPE',
  ]);
});

test('an operation over a WebSocket can name its trace in its extensions', async () => {
  await using api = await served();
  const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
  const said = new Promise<void>((resolve) =>
    socket.on('message', (data: Buffer) => {
      const { type } = JSON.parse(data.toString()) as { type: string };
      const payload = { query: '{ __typename }', extensions: { traceparent } };
      if (type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      if (type === 'complete') resolve();
    }),
  );
  socket.once('open', () => socket.send('{"type":"connection_init"}'));
  await said;
  socket.terminate();
  await eventually(() => expect(spans()).toHaveLength(1));
  expect(spans()[0]!.name).toBe('query');
  expect(spans()[0]!.spanContext().traceId).toBe(traceId);
});

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])(
  'an invalid traceparent (%j) starts a new trace',
  async (given) => {
    await using api = await served();
    await fetch(`${api.url}?query={__typename}`, { headers: { traceparent: given, accept: 'application/json' } });
    await eventually(() => expect(spans()).toHaveLength(1));
    expect(spans()[0]!.parentSpanContext).toBeUndefined();
  },
);

test('a call of ElastiCache is a child span of its operation, without its input', async () => {
  await using api = await startCachegraph();
  exporter.reset();
  await post(
    api.url,
    'mutation { createUser(input: { userId: "private-user", userName: "u", accessString: "on", authentication: { type: NO_PASSWORD } }) { created } }',
  );
  await eventually(() => expect(spans().some(({ kind }) => kind === SpanKind.SERVER)).toBe(true));
  const call = spans().find(({ name }) => name === 'ElastiCache/CreateUser')!;
  const operation = spans().find(({ kind }) => kind === SpanKind.SERVER)!;
  expect(call.parentSpanContext?.spanId).toBe(operation.spanContext().spanId);
  expect(call.attributes).toEqual({
    'rpc.system': 'aws-api',
    'rpc.service': 'ElastiCache',
    'rpc.method': 'CreateUser',
  });
});
