import { WebSocket } from 'ws';
import type { Result } from './graphql-client.js';
import { readResults } from './streaming-responses.js';

/** An operation over any transport. */
export interface Operation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly documentId?: string;
  readonly extensions?: Record<string, unknown>;
}

/** The outcome of an operation, without the request ID that each error must have. */
interface Outcome {
  /** The results in order; a final error is the last one. */
  readonly results: readonly Result[];
  /** The status or close code of an operation that was not executed. */
  readonly refused?: number;
}

/** Runs an operation to its end. */
export interface Transport {
  readonly carries: readonly ('query' | 'mutation' | 'subscription')[];
  run(this: void, url: string, operation: Operation, headers?: Record<string, string>): Promise<Outcome>;
}

type Read = (response: Response) => Promise<readonly Result[]>;
type Send = (url: string, operation: Operation, headers: Record<string, string>) => Promise<Response>;

const post: Send = (url, operation, headers) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
const get: Send = (url, { query, operationName, variables, documentId, extensions }, headers) => {
  const parameters = new URLSearchParams(query === '' ? {} : { query });
  if (documentId !== undefined) parameters.set('documentId', documentId);
  if (extensions !== undefined) parameters.set('extensions', JSON.stringify(extensions));
  if (operationName !== undefined) parameters.set('operationName', operationName);
  if (variables !== undefined) parameters.set('variables', JSON.stringify(variables));
  return fetch(`${url}?${parameters}`, { headers });
};

const readJson: Read = async (response) => [(await response.json()) as Result];
const readStream: Read = async (response) => {
  const results: Result[] = [];
  for await (const result of readResults(response)) results.push(result);
  return results;
};

function overHttp(send: Send, accept: string, read: Read): Transport {
  const isStream = read !== readJson;
  return {
    carries: [
      'query',
      ...(send === post ? (['mutation'] as const) : []),
      ...(isStream ? (['subscription'] as const) : []),
    ],
    async run(url, operation, headers = {}) {
      const response = await send(url, operation, { accept, ...headers });
      const type = response.headers.get('content-type');
      // node itself refuses a URL that is too long.
      if (type === null) return { results: [], refused: response.status };
      // A refused operation is answered in JSON, whatever `accept` says.
      if (type.startsWith('application/json') && !response.ok) {
        return { results: await readJson(response), refused: response.status };
      }
      if (!type.startsWith(accept.split(';')[0]!)) throw new Error(`Accepted ${accept}, got ${type}.`);
      return { results: await read(response) };
    },
  };
}

const overWebSocket: Transport = {
  carries: ['query', 'mutation', 'subscription'],
  async run(url, operation, headers = {}) {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
    const results: Result[] = [];
    const refused = new Promise<number>((resolve) => {
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode!));
      socket.once('close', resolve);
    });
    const over = new Promise<undefined>((resolve) =>
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; payload: unknown };
        if (message.type === 'connection_ack') {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: operation }));
        }
        if (message.type === 'next') results.push(message.payload as Result);
        if (message.type === 'error') results.push({ errors: message.payload as NonNullable<Result['errors']> });
        if (message.type === 'error' || message.type === 'complete') resolve(undefined);
      }),
    );
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('error', () => undefined);
    const code = await Promise.race([refused, over]);
    socket.terminate();
    return code === undefined ? { results } : { results, refused: code };
  },
};

const responseJson = 'application/graphql-response+json';
const events = 'text/event-stream';
const multipart = 'multipart/mixed;subscriptionSpec=1.0';

/** Differs for each run. */
function withoutRequestId({ errors, ...rest }: Result): Result {
  if (!errors) return rest;
  const errorsWithoutId = errors.map(({ extensions: { requestId, ...extensions } = {}, ...error }) => {
    if (typeof requestId !== 'string') throw new Error(`Expected the ID of the request in ${JSON.stringify(error)}.`);
    return Object.keys(extensions).length > 0 ? { ...error, extensions } : error;
  });
  return { ...rest, errors: errorsWithoutId };
}

function comparable({ carries, run }: Transport): Transport {
  return {
    carries,
    async run(...given) {
      const { results, ...rest } = await run(...given);
      return { ...rest, results: results.map(withoutRequestId) };
    },
  };
}

const ways: Readonly<Record<string, Transport>> = {
  'POST, JSON': overHttp(post, 'application/json', readJson),
  'POST, response JSON': overHttp(post, responseJson, readJson),
  'GET, JSON': overHttp(get, 'application/json', readJson),
  'GET, response JSON': overHttp(get, responseJson, readJson),
  'POST, server-sent events': overHttp(post, events, readStream),
  'GET, server-sent events': overHttp(get, events, readStream),
  'POST, multipart': overHttp(post, multipart, readStream),
  'GET, multipart': overHttp(get, multipart, readStream),
  WebSocket: overWebSocket,
};

/** All transports. */
export const transports: Readonly<Record<string, Transport>> = Object.fromEntries(
  Object.entries(ways).map(([name, transport]) => [name, comparable(transport)]),
);
