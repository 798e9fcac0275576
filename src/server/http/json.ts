import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { textOfResult } from '../execution/serialise.js';
import { writeHead, type Headers } from './write-head.js';

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

/** Why a request was refused before anything was executed; always as `application/json`, whatever it accepts. */
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

const serverFaults = new Set<unknown>(['TIMEOUT', 'UNKNOWN_OUTCOME', 'INTERNAL_SERVER_ERROR']);

function statusOf({ data, errors = [] }: ExecutionResult): number {
  if (data !== undefined) return 200;
  return errors.some(({ extensions }) => serverFaults.has(extensions['code'])) ? 500 : 400;
}
