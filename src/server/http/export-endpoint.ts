import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyExports } from '../../datasources/exports/interfaces.js';
import type { Realtime } from '../../datasources/realtime/interfaces.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { exportPath, requireExport } from '../../resolvers/key/bulk/key-export.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { overLimit } from '../admission/admit-request.js';
import type { Authenticator } from '../admission/authentication/authenticator.js';
import { clientAddress } from '../admission/client-address.js';
import { addressKey } from '../admission/client-key.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import { LimitExceeded } from '../limits/limit-exceeded.js';
import type { ClientQuotas } from '../limits/quotas/client-quotas.js';
import type { OperationObserver } from '../observation/operation-observer.js';
import { refuse } from '../responses/errors.js';
import { writeHead } from '../responses/write-head.js';
import type { LimitName, ServerLimits } from '../../config/limits/server-limits.js';
import { pathOf } from './request-target.js';
import { exportHeaders, sendExport, type RedeemedExport, type SendOptions } from './send-export.js';

export interface ExportEndpointOptions extends SendOptions {
  readonly services: { readonly exports: KeyExports; readonly realtime: Realtime };
  readonly authenticator: Pick<Authenticator, 'recall'>;
  readonly quotas: Pick<ClientQuotas, 'takeOperation'>;
  readonly limits: Pick<ServerLimits, 'maxExports' | 'stallTimeoutMs'>;
  readonly metrics: Pick<Metrics, 'limitHit' | 'operationEnded'>;
  readonly observer: OperationObserver;
}

/** Answers the URLs of `createExport`. */
export type ExportEndpoint = (this: void, request: IncomingMessage, response: ServerResponse) => Promise<void>;

const prefix = `/${exportPath}`;

export function isExportPath(path: string): boolean {
  return path.startsWith(prefix);
}

const expectedGet = refuseWith(405, 'method', 'Expected GET.', { allow: 'GET, HEAD' });
const unknownToken = refuseWith(404, 'path', 'This export does not exist: its URL works once, for a minute.');

/**
 * The token in the path is the credential. It is used up by the first GET, whatever becomes of it, and names the caller of
 * `createExport`, whose permissions are checked again, also while the export is sent.
 */
export function createExportEndpoint(options: ExportEndpointOptions): ExportEndpoint {
  const { services, quotas, limits, metrics } = options;
  let running = 0;

  /** The refusal if `maxExports` are running. */
  const noRoom = (): Refusal<LimitName> | undefined => {
    if (running < limits.maxExports) return undefined;
    metrics.limitHit('maxExports');
    return overLimit(new LimitExceeded('maxExports', 'a number of exports at once', limits.maxExports));
  };

  /** The refusal of a client that asks too often. */
  const tooOften = (request: IncomingMessage): Refusal<LimitName> | undefined => {
    try {
      quotas.takeOperation(addressKey(clientAddress(request)));
      return undefined;
    } catch (error) {
      return overLimit(error);
    }
  };

  /** @throws ExpectedFailure, Outage */
  const redeem = async (token: string): Promise<RedeemedExport | Refusal> => {
    const order = await services.exports.redeem(token);
    const principal = order && options.authenticator.recall?.(order.caller)?.principal;
    if (!order || !principal) return unknownToken;
    const check = (): void => requireExport({ principal, realtime: services.realtime }, order.request);
    try {
      check();
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      return new Refusal({ reason: 'permission', status: 403, error, principal });
    }
    return { request: order.request, principal, check };
  };

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(request, response, expectedGet, options);
      return;
    }
    const token = pathOf(request).slice(prefix.length);
    const exists = async (): Promise<Refusal | undefined> =>
      (await services.exports.exists(token)) ? undefined : unknownToken;
    // The room is checked twice, since others may have begun meanwhile. Nothing is awaited between the second check and the count.
    const refusal = tooOften(request) ?? noRoom() ?? (await exists().catch(unavailable)) ?? noRoom();
    if (refusal) {
      refuse(request, response, refusal, options);
      return;
    }
    if (request.method === 'HEAD') {
      if (!response.destroyed) writeHead(response, 200, exportHeaders()).end();
      return;
    }
    // Before the token is used up: the URL of an export that finds no room works later.
    running += 1;
    try {
      const redeemed = await redeem(token).catch(unavailable);
      if (redeemed instanceof Refusal) refuse(request, response, redeemed, options);
      else if (!response.destroyed) await sendExport(request, response, redeemed, options);
    } finally {
      running -= 1;
    }
  };
}

/** The cluster that has the record of the token cannot be reached, or refuses access to it. */
function unavailable(error: unknown): Refusal {
  if (error instanceof Outage) return new Refusal({ reason: 'unexpected', status: 503, error });
  if (!(error instanceof ExpectedFailure)) throw error;
  // Also a cluster that does not exist: anyone can send such a token.
  return unknownToken;
}
