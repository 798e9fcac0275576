import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { serialiseResult } from '../execution/serialise.js';

/** A result as the whole answer, `application/json`: the commonest, straight from node:http. */
export function writeJson(response: ServerResponse, status: number, result: ExecutionResult): void {
  if (response.destroyed || response.headersSent) return;
  const body = serialiseResult(result);
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
    .end(body);
}

/** Refuses a request that is no GraphQL operation that could be run. */
export function refuse(response: ServerResponse, status: number, error: GraphQLError): void {
  writeJson(response, status, { errors: [error] });
}
