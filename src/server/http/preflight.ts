import type { ServerResponse } from 'node:http';
import { writeHead } from '../responses/write-head.js';

/** Request headers that pages of other origins may always set: those of GraphQL clients and of tracing. */
const requestHeaders: readonly string[] = [
  ...['content-type', 'accept', 'authorization', 'last-event-id', 'x-request-id'],
  ...[
    'apollographql-client-name',
    'apollographql-client-version',
    'apollo-require-preflight',
    'x-apollo-operation-name',
  ],
  ...['traceparent', 'tracestate', 'baggage'],
];

/** Answers the preflight of an admitted page. `allowedHeaders` are allowed in addition. */
export function answerPreflight(response: ServerResponse, allowedHeaders: readonly string[]): void {
  writeHead(response, 204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': [...requestHeaders, ...allowedHeaders].join(', '),
    'access-control-max-age': '600',
  }).end();
}
