import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../admission/authentication/identity.js';
import { createCaller, type Caller } from '../execution/caller.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { clientAddress } from '../admission/client-address.js';
import { clientKey } from '../limiting/client-key.js';
import { LimitExceeded, RateLimited } from '../limiting/limit-exceeded.js';
import { httpOrigin } from '../observation/request-id.js';
import { refuse } from './json.js';
import type { TransportOptions } from './transport-options.js';

/** Whether a client may ask once more, before any of the body is read; else it has been answered. */
export function takeTurn(
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity,
  options: TransportOptions,
): boolean {
  try {
    options.quotas.takeOperation(clientOf(request, identity));
    return true;
  } catch (error) {
    refuseExcess(
      response,
      error,
      createCaller(options.log, identity.principal, () => never, httpOrigin(request)),
      options,
    );
    return false;
  }
}

/** By whom its limits are counted. */
export function clientOf(request: IncomingMessage, identity: Identity): string {
  return clientKey(identity, clientAddress(request));
}

/** Answers what a limit of clients has refused: 429, and when to come back where that is known. The operation, where it was. */
export function refuseExcess(
  response: ServerResponse,
  error: unknown,
  caller: Caller,
  { observer }: Pick<TransportOptions, 'observer'>,
  operation?: PreparedOperation,
): void {
  if (!(error instanceof LimitExceeded)) throw error;
  if (error instanceof RateLimited) response.setHeader('retry-after', String(error.retryAfterSeconds));
  refuse(response, 429, ...observer.refuse(caller, [error], operation).errors);
}

const never = new AbortController().signal;
