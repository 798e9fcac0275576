import type { Logger } from '../../telemetry/log.js';
import type { Refusal, RefusalReason } from '../admission/refusal.js';
import type { RequestOrigin } from '../execution/request-context.js';

const onceEveryMs = 60_000;

/** The fields of a refused request's line, beside its origin. */
export interface RefusedRequest {
  readonly origin: RequestOrigin;
  readonly refusal: Refusal;
  /** `extensions.code` of the error in the answer. */
  readonly code: string;
}

/**
 * Logs requests that are refused before anything of an operation is known: for each reason at most one line a minute, with the
 * number of those in between. Anybody can send them, and must not fill the disk; the metrics count each of them.
 */
export function createRefusalLog(
  log: Pick<Logger, 'info'>,
  now = () => performance.now(),
): (request: RefusedRequest) => void {
  const last = new Map<RefusalReason, { readonly at: number; notLogged: number }>();
  return ({ origin: { requestId, transport, address, webOrigin }, refusal, code }) => {
    const { reason, status, principal } = refusal;
    const before = last.get(reason);
    if (before && now() - before.at < onceEveryMs) {
      before.notLogged += 1;
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
        // Whoever runs the server finds the one that is missing in `allowedOrigins`.
        ...(reason === 'origin' && { origin: harmless(webOrigin) }),
        refusedSince: before?.notLogged ?? 0,
      },
      'request refused',
    );
    last.set(reason, { at: now(), notLogged: 0 });
  };
}

/** Without a user name and password, which no browser sends. */
function harmless(origin: string | undefined): string | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  const { protocol, host } = new URL(origin);
  return `${protocol}//${host}`.slice(0, 300);
}
