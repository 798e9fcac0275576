import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../telemetry/log.js';

const onceEveryMs = 60_000;

/**
 * Logs refused origins, at most one line a minute: whoever runs the server finds the one that is missing in `allowedOrigins`, and
 * pages of others cannot fill the log.
 */
export function createOriginReport(
  log: Pick<Logger, 'info'>,
  now = () => performance.now(),
): (request: Pick<IncomingMessage, 'headers'>) => void {
  let lastAt = -Infinity;
  let notLogged = 0;
  return ({ headers: { origin } }) => {
    if (now() - lastAt < onceEveryMs) {
      notLogged += 1;
      return;
    }
    log.info(
      { origin: harmless(origin), refusedSince: notLogged },
      'a page of an origin that is not allowed was refused',
    );
    lastAt = now();
    notLogged = 0;
  };
}

/** Without a user name and password, which no browser sends. */
function harmless(origin: string | undefined): string | undefined {
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  const { protocol, host } = new URL(origin);
  return `${protocol}//${host}`.slice(0, 300);
}
