import type { Logger } from '../telemetry/log.js';
import type { Authenticator } from './admission/authentication/authenticator.js';

/** Somebody who stays connected: a socket, a stream. */
export interface Session {
  /** When who it is ends, in milliseconds since 1970: looked at again and again, since an API key may be revoked. */
  readonly expiresAt: number;
  /** It has ended. */
  expire(): void;
  /** The grants have changed: ends what is no longer allowed. */
  askAgain(): Promise<void>;
}

/** All who stay connected, for as long as they are who they have shown to be. */
export interface Sessions extends Disposable {
  add(session: Session): void;
  delete(session: Session): void;
}

const nobodyEnds: Sessions = { add: () => undefined, delete: () => undefined, [Symbol.dispose]: () => undefined };

/** One timer for all: there may be many thousands. */
const lookEveryMs = 500;
/** As many are asked in one turn of the event loop. */
const atOnce = 50;

/** Ends sessions in time, and has them asked again after every change of who may do what. */
export function createSessions({ onChange }: Authenticator, log: Logger): Sessions {
  if (!onChange) return nobodyEnds;
  const sessions = new Set<Session>();

  const endExpired = (): void => {
    const now = Date.now();
    let ended = 0;
    for (const session of sessions) {
      if (session.expiresAt > now) continue;
      sessions.delete(session);
      session.expire();
      ended += 1;
    }
    if (ended > 0) log.info({ ended }, 'sockets and streams have ended with their credentials');
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
  const timer = setInterval(endExpired, lookEveryMs).unref();
  return {
    add: (session) => void sessions.add(session),
    delete: (session) => void sessions.delete(session),
    [Symbol.dispose]() {
      clearInterval(timer);
      undo();
    },
  };
}
