import { randomUUID } from 'node:crypto';
import type { Principal } from '../../domain/principal.js';
import type { Logger } from '../../telemetry/log.js';

/** Who runs an operation and for how long: what a transport knows, the same for all of them. */
export interface Caller {
  readonly requestId: string;
  readonly log: Logger;
  readonly principal: Principal;
  /** Aborted when the client has gone or the operation's deadline has passed. */
  readonly signal: AbortSignal;
}

/** A caller with an ID of its own, under which its log lines are found. Most operations ask for none of it: made when asked for. */
export function createCaller(log: Logger, principal: Principal, signal: () => AbortSignal): Caller {
  let requestId: string | undefined;
  let ownLog: Logger | undefined;
  return {
    principal,
    get requestId() {
      return (requestId ??= randomUUID());
    },
    get log() {
      return (ownLog ??= log.child({ requestId: this.requestId }));
    },
    get signal() {
      return signal();
    },
  };
}
