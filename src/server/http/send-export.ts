import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerLimits } from '../../config/limits/server-limits.js';
import type { KeyExports } from '../../datasources/exports/interfaces.js';
import type { Principal } from '../../domain/access/principal.js';
import type { ExportRequest } from '../../domain/key/key-export.js';
import type { Logger } from '../../telemetry/log.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { clientAddress } from '../admission/client-address.js';
import { codeOf, maskError } from '../execution/results/mask-errors.js';
import { shuttingDown, type GracefulShutdown } from '../graceful-shutdown.js';
import { requestIdOf } from '../observation/request-id.js';
import { writeHead } from '../responses/write-head.js';
import { writeWithBackpressure } from './write-with-backpressure.js';

/** An export whose token was used up. */
export interface RedeemedExport {
  readonly request: ExportRequest;
  readonly principal: Principal;
  /** @throws Outage FORBIDDEN if the permission was withdrawn */
  readonly check: () => void;
}

export interface SendOptions {
  readonly services: { readonly exports: Pick<KeyExports, 'pieces'> };
  readonly limits: Pick<ServerLimits, 'stallTimeoutMs'>;
  readonly metrics: Pick<Metrics, 'operationEnded'>;
  readonly shutdown: Pick<GracefulShutdown, 'add'>;
  readonly log: Logger;
}

export function exportHeaders(cluster = 'keys'): Record<string, string> {
  return {
    'content-type': 'application/x-ndjson',
    'content-disposition': `attachment; filename="${cluster}-${new Date().toISOString().slice(0, 10)}.jsonl"`,
    'x-accel-buffering': 'no',
  };
}

/**
 * Sends the export. If it fails, its last line is `{"error": …}` and the connection is cut without the end of the chunked body, so that
 * the client sees a failed download.
 */
export async function sendExport(
  request: IncomingMessage,
  response: ServerResponse,
  { request: order, principal, check }: RedeemedExport,
  { services, shutdown, limits, log, metrics }: SendOptions,
): Promise<void> {
  const startedAt = performance.now();
  const requestId = requestIdOf(request.headers);
  const stop = new AbortController();
  const left = (): void => stop.abort();
  response.once('close', left);
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  const unregister = shutdown.add(async (deadline) => {
    await Promise.race([ended, deadline]);
    stop.abort(shuttingDown());
  });
  let keys = 0;
  let bytes = 0;
  let outcome = 'ok';
  try {
    const pieces = await services.exports.pieces(order);
    writeHead(response, 200, exportHeaders(order.cluster));
    response.flushHeaders();
    for await (const piece of pieces) {
      check();
      await writeWithBackpressure(response, piece.text, stop.signal, limits.stallTimeoutMs);
      keys += piece.keys;
      bytes += Buffer.byteLength(piece.text);
    }
    response.off('close', left);
    response.end();
  } catch (error) {
    outcome = clientLeft;
    if (!response.destroyed) {
      const masked = maskError(error, { log, requestId });
      outcome = codeOf(masked);
      cut(response, `${JSON.stringify({ error: { code: outcome, message: masked.message } })}\n`);
    }
  } finally {
    unregister();
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.operationEnded({
      kind: 'export',
      name: undefined,
      outcome: outcome === clientLeft ? 'ok' : outcome,
      seconds,
    });
    const { cluster, format } = order;
    const ms = Math.round(seconds * 1e5) / 100;
    log.info(
      {
        requestId,
        kind: 'export',
        outcome,
        cluster,
        format,
        keys,
        bytes,
        ms,
        principal: principal.name,
        address: clientAddress(request),
      },
      'export',
    );
  }
}

const clientLeft = 'client left';

/** Writes the last line, and closes the connection before the body is complete. */
function cut(response: ServerResponse, line: string): void {
  const destroy = (): void => void response.destroy();
  response.write(line, destroy);
  // If the client does not read it.
  setTimeout(destroy, 1_000).unref();
}
