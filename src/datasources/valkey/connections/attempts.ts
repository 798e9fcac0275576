import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { startRunningTimeout } from '../../../runtime/running-timeout.js';
import type { ValkeyLimits } from './limits.js';

/** Attempts to open access to clusters: one at a time per cluster, each within the time that a request may take. */
export interface Attempts<Opened> {
  /** The current attempt, if there is one. */
  current(name: string): Promise<Opened> | undefined;
  /**
   * Starts an attempt. A patient attempt backs off after failures. An impatient one starts immediately and replaces the current one.
   * @throws what `begin` rejects with, or Outage TIMEOUT
   */
  open(name: string, begin: () => Promise<Opened>, options: { readonly patient: boolean }): Promise<Opened>;
  /** Forgets earlier failures, so that the next attempt starts immediately. */
  forget(name: string): void;
}

interface Failed {
  readonly count: number;
  readonly at: number;
  readonly reason: unknown;
}

const firstWaitMs = 25;
/** Refused credentials are retried rarely, because each attempt is a failed login in a server's log. */
const refusedWaitMs = 2_000;

export function createAttempts<Opened>({ connectMs, replyMs, reconnectMs }: ValkeyLimits): Attempts<Opened> {
  const opening = new Map<string, Promise<Opened>>();
  const failures = new Map<string, Failed>();
  const timeoutMs = connectMs + replyMs / 4;

  /** Waits until the next attempt may start. @throws the last refusal if its wait is not over */
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
    current: (name) => opening.get(name),
    open(name, begin, { patient }) {
      const promise = within(timeoutMs, `connecting to cluster ${name}`, attempt(name, begin, patient));
      opening.set(name, promise);
      const remove = (): void => {
        if (opening.get(name) === promise) opening.delete(name);
      };
      promise.then(remove, remove);
      return promise;
    },
    forget: (name) => void failures.delete(name),
  };
}

/** @throws Outage TIMEOUT, with a message that names `task`, such as `connecting to cluster x` */
export async function within<Value>(ms: number, task: string, promise: Promise<Value>): Promise<Value> {
  let cancel: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = startRunningTimeout(ms, () => reject(new Outage('TIMEOUT', `Timed out ${task} (${ms} ms).`)));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel?.();
    promise.catch(() => undefined);
  }
}
