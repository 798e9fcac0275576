import type { ServerResponse } from 'node:http';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { toClientError } from '../execution/client-error.js';
import type { Caller } from '../execution/caller.js';
import { executeInTime } from '../execution/deadline.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { serialiseResult } from '../execution/serialise.js';

/** Answers a query or mutation as `application/json`: the commonest request, straight from node:http. */
export async function answerJson(
  response: ServerResponse,
  operation: PreparedOperation,
  caller: Caller,
  options: { timeoutMs: number; abort: (reason: Error) => void },
): Promise<void> {
  if (operation.kind === 'subscription') {
    const refusal = 'A subscription needs a WebSocket (graphql-transport-ws) or "accept: text/event-stream".';
    refuse(response, 406, new GraphQLError(refusal));
    return;
  }
  try {
    writeJson(response, 200, await executeInTime(operation, caller, options.timeoutMs, options.abort));
  } catch (error) {
    writeJson(response, 200, { errors: [toClientError(error, caller.log)] });
  }
}

/** A result as the whole answer. */
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
