import type { Logger } from '../../telemetry/log.js';
import type { Refusal, RefusalReason } from '../admission/refusal.js';
import type { RequestOrigin } from '../execution/request/request-context.js';

const intervalMs = 60_000;

/** A refused request, as it is logged. */
export interface RefusedRequest {
  readonly origin: RequestOrigin;
  readonly refusal: Refusal;
  /** `extensions.code` of the error in the answer. */
  readonly code: string;
}

/**
 * Logs requests that are refused before their operation is read. Writes at most one line per minute and reason, with the number of
 * requests that were not logged since the previous line: anyone can send such requests, and must not fill the disk. The metrics count
 * all of them.
 */
export function createRefusalLog(
  log: Pick<Logger, 'info'>,
  now = () => performance.now(),
): (request: RefusedRequest) => void {
  const last = new Map<RefusalReason, { readonly at: number; notLogged: number }>();
  return ({ origin: { requestId, transport, address, webOrigin }, refusal, code }) => {
    const { reason, status, principal } = refusal;
    const previous = last.get(reason);
    if (previous && now() - previous.at < intervalMs) {
      previous.notLogged += 1;
      return;
    }
    log.info(
      {
        requestId,
        transport,
        kind: 'unknown',
        outcome: code,
        reason,
        status,
        principal: principal?.name,
        address,
        // Operators see which origin is missing in `allowedOrigins`.
        ...(reason === 'origin' && { origin: withoutCredentials(webOrigin) }),
        refusedSince: previous?.notLogged ?? 0,
      },
      'request refused',
    );
    last.set(reason, { at: now(), notLogged: 0 });
  };
}

/** Leaves out a user name and password. Browsers send none, but other clients can. */
function withoutCredentials(origin: string | undefined): string | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  const { protocol, host } = new URL(origin);
  return `${protocol}//${host}`.slice(0, 300);
}
