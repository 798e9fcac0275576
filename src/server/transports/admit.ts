import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../admission/authentication/identity.js';
import { Unauthenticated } from '../admission/authentication/unauthenticated.js';
import { toClientError } from '../execution/client-error.js';
import { refuse } from './json.js';
import type { TransportOptions } from './transport-options.js';

const retryAfterSeconds = '5';

/** Who sends a request, before any of its body is read; undefined where they are not let in, which has been answered then. */
export async function admit(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { authenticator, log }: Pick<TransportOptions, 'authenticator' | 'log'>,
): Promise<Identity | undefined> {
  try {
    return await authenticator.authenticate(headers.authorization);
  } catch (error) {
    if (!(error instanceof Unauthenticated)) throw error;
    const { reason } = error;
    if (reason === 'unavailable') response.setHeader('retry-after', retryAfterSeconds);
    // RFC 6750, section 3: who has sent nothing is told only what is expected.
    else response.setHeader('www-authenticate', reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"');
    refuse(response, reason === 'unavailable' ? 503 : 401, toClientError(error, { log }));
    return undefined;
  }
}
