import type { Logger } from '../telemetry/log.js';
import type { Authenticator } from './admission/authentication/authenticator.js';

/** Somebody who stays connected: a socket, a stream. */
export interface Session {
  /** When who it is ends, in milliseconds since 1970. It may change with the access file, since an API key may be revoked. */
  readonly expiresAt: number;
  /** It has ended. */
  expire(): void;
  /** The grants have changed: ends what is no longer allowed. */
  askAgain(): Promise<void>;
}

/** All who stay connected, for as long as they are who they have shown to be. */
export interface Sessions extends Disposable {
  /** Called again after fresh credentials have changed when it ends. */
  add(session: Session): void;
  delete(session: Session): void;
}

const nobodyEnds: Sessions = { add: () => undefined, delete: () => undefined, [Symbol.dispose]: () => undefined };

/** The system's clock may be set meanwhile. */
const longestWaitMs = 60_000;
/** As many are asked in one turn of the event loop. */
const atOnce = 50;

/** Ends sessions in time, and has them asked again after every change of who may do what. */
export function createSessions({ onChange }: Authenticator, log: Logger): Sessions {
  if (!onChange) return nobodyEnds;
  const sessions = new Set<Session>();
  // One timer for all: there may be many thousands. Without anybody whose credentials end there is none.
  let timer: NodeJS.Timeout | undefined;
  let plannedAt = Infinity;

  const plan = (at: number): void => {
    if (at >= plannedAt) return;
    clearTimeout(timer);
    plannedAt = at;
    timer = setTimeout(endExpired, Math.min(Math.max(at - Date.now(), 1), longestWaitMs)).unref();
  };
  const endExpired = (): void => {
    const now = Date.now();
    let ended = 0;
    let next = Infinity;
    for (const session of sessions) {
      const { expiresAt } = session;
      if (expiresAt > now) {
        next = Math.min(next, expiresAt);
        continue;
      }
      sessions.delete(session);
      session.expire();
      ended += 1;
    }
    if (ended > 0) log.info({ ended }, 'sockets and streams have ended with their credentials');
    plannedAt = Infinity;
    plan(next);
  };
  const askAll = async (): Promise<void> => {
    let asked = 0;
    for (const session of [...sessions]) {
      if (!sessions.has(session)) continue;
      session.askAgain().catch((error: unknown) => log.error({ err: error }, 'a client could not be asked again'));
      asked += 1;
      if (asked % atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const undo = onChange(() => {
    endExpired();
    void askAll();
  });
  return {
    add(session) {
      sessions.add(session);
      plan(session.expiresAt);
    },
    delete: (session) => void sessions.delete(session),
    [Symbol.dispose]() {
      clearTimeout(timer);
      undo();
    },
  };
}
