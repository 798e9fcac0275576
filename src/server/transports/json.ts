import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { withRequestId } from '../execution/client-error.js';
import { textOfResult } from '../execution/serialise.js';
import { toldRequestId } from '../observation/request-id.js';

/** A result as the whole answer, `application/json`: the commonest, straight from node:http. */
export function writeJson(response: ServerResponse, result: ExecutionResult): void {
  write(response, 200, 'application/json', result);
}

/**
 * A result as `application/graphql-response+json`, whose status says whether the operation was run (GraphQL over HTTP, section
 * "application/graphql-response+json").
 */
export function writeResponseJson(response: ServerResponse, result: ExecutionResult): void {
  write(response, statusOf(result), 'application/graphql-response+json', result);
}

/** Refuses a request that is no GraphQL operation that could be run. */
export function refuse(response: ServerResponse, status: number, ...errors: readonly GraphQLError[]): void {
  const requestId = toldRequestId(response);
  const told = errors.map((error) => (requestId === undefined ? error : withRequestId(error, requestId)));
  write(response, status, 'application/json', { errors: told });
}

function write(response: ServerResponse, status: number, type: string, result: ExecutionResult): void {
  if (response.destroyed || response.headersSent) return;
  const body = textOfResult(result);
  response
    .writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(body) })
    .end(body);
}

const serverFaults = new Set<unknown>(['TIMEOUT', 'UNKNOWN_OUTCOME', 'INTERNAL_SERVER_ERROR']);

function statusOf({ data, errors = [] }: ExecutionResult): number {
  if (data !== undefined) return 200;
  return errors.some(({ extensions }) => serverFaults.has(extensions['code'])) ? 500 : 400;
}
