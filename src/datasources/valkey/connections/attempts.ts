import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import type { ValkeyLimits } from './limits.js';

/** Openings of access by cluster: one at a time, each within the time that a request may take. */
export interface Attempts<Opened> {
  underWay(name: string): Promise<Opened> | undefined;
  /**
   * Opens; `patient` attempts back off after failures, others are made at once and replace what is under way.
   * @throws what `begin` rejects with, or Outage TIMEOUT
   */
  open(name: string, begin: () => Promise<Opened>, options: { readonly patient: boolean }): Promise<Opened>;
  /** The next attempt is made at once. */
  forget(name: string): void;
}

interface Failed {
  readonly count: number;
  readonly at: number;
  readonly reason: unknown;
}

const firstWaitMs = 25;
/** Refused credentials are not tried often: each attempt is a failed login in somebody's log. */
const refusedWaitMs = 2_000;

export function createAttempts<Opened>({ connectMs, replyMs, reconnectMs }: ValkeyLimits): Attempts<Opened> {
  const opening = new Map<string, Promise<Opened>>();
  const failures = new Map<string, Failed>();
  const maxMs = connectMs + replyMs / 4;

  /** Waits as long as it is too early for another attempt. @throws the last refusal, while it is too early to ask again */
  const backOff = async (name: string): Promise<void> => {
    const failed = failures.get(name);
    if (!failed) return;
    const sinceMs = performance.now() - failed.at;
    if (failed.reason instanceof ExpectedFailure) {
      if (sinceMs < refusedWaitMs) throw failed.reason;
      return;
    }
    const waitMs = Math.min(firstWaitMs * 2 ** (failed.count - 1), reconnectMs) - sinceMs;
    if (waitMs > 0) await delay(waitMs);
  };
  const attempt = async (name: string, begin: () => Promise<Opened>, patient: boolean): Promise<Opened> => {
    if (patient) await backOff(name);
    const at = performance.now();
    try {
      const opened = await begin();
      failures.delete(name);
      return opened;
    } catch (reason) {
      if (patient) failures.set(name, { count: (failures.get(name)?.count ?? 0) + 1, at, reason });
      throw reason;
    }
  };

  return {
    underWay: (name) => opening.get(name),
    open(name, begin, { patient }) {
      const promise = within(maxMs, `connecting to cluster ${name}`, attempt(name, begin, patient));
      opening.set(name, promise);
      const over = (): void => {
        if (opening.get(name) === promise) opening.delete(name);
      };
      promise.then(over, over);
      return promise;
    },
    forget: (name) => void failures.delete(name),
  };
}

/** @throws Outage TIMEOUT, saying that `task` has timed out, such as `connecting to cluster x` */
export async function within<Value>(ms: number, task: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Outage('TIMEOUT', `Timed out ${task} (${ms} ms).`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}
