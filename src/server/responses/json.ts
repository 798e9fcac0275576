import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { textOfResult } from '../execution/results/serialise.js';
import { writeHead, type Headers } from './write-head.js';

/** Writes a result as `application/json`, the most common format. */
export function writeJson(response: ServerResponse, result: ExecutionResult): void {
  write(response, 200, 'application/json', result);
}

/**
 * Writes a result as `application/graphql-response+json`. Its status says whether the operation was executed (GraphQL over HTTP,
 * section "application/graphql-response+json").
 */
export function writeResponseJson(response: ServerResponse, result: ExecutionResult): void {
  write(response, statusOf(result), 'application/graphql-response+json', result);
}

/** Writes the errors of a refused request. They are always `application/json`, whatever the client accepts. */
export function writeErrors(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  errors: readonly GraphQLError[],
  mayPagesRead = true,
): void {
  if (response.destroyed || response.headersSent) return;
  const body = textOfResult({ errors });
  writeHead(response, status, { ...contentOf('application/json', body), ...headers }, mayPagesRead).end(body);
}

function write(response: ServerResponse, status: number, type: string, result: ExecutionResult): void {
  if (response.destroyed || response.headersSent) return;
  const body = textOfResult(result);
  writeHead(response, status, contentOf(type, body)).end(body);
}

function contentOf(type: string, body: string): Headers {
  return { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(body) };
}

const serverErrorCodes = new Set<unknown>(['TIMEOUT', 'UNKNOWN_OUTCOME', 'INTERNAL_SERVER_ERROR']);

function statusOf({ data, errors = [] }: ExecutionResult): number {
  if (data !== undefined) return 200;
  return errors.some(({ extensions }) => serverErrorCodes.has(extensions['code'])) ? 500 : 400;
}
