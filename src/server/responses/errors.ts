import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../admission/refusal.js';
import type { RequestContext } from '../execution/request/request-context.js';
import type { RefusedOperation } from '../execution/prepared-operation.js';
import { requestOriginOf } from '../observation/request-id.js';
import type { OperationObserver } from '../observation/operation-observer.js';
import { writeErrors } from './json.js';

/** Counts and logs every refusal. */
interface Observed {
  readonly observer: OperationObserver;
}

/** Answers a request that is refused before its caller is admitted. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  { observer }: Observed,
): void {
  const error = observer.refuseRequest(requestOriginOf(request), refusal);
  const { status, headers, reason } = refusal;
  // A page that may not use the API must not read the error either.
  writeErrors(response, status, headers, [error], reason !== 'host' && reason !== 'origin');
}

/** Answers a refused request of an admitted caller. `operation` is undefined if it is not known. */
export function refuseOperation(
  response: ServerResponse,
  { status, error, headers }: Refusal,
  context: RequestContext,
  { observer }: Observed,
  operation?: RefusedOperation,
): void {
  writeErrors(response, status, headers, observer.refuse(context, [error], operation).errors);
}
