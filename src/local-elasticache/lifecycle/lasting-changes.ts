import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../telemetry/log.js';
import type { Account, AccountDraft } from '../state/account.js';
import { StateNotStored } from '../state/store.js';

/**
 * Changes the account after an irreversible step, for which no caller could receive a failure. If the disk refuses the
 * change, it is tried again.
 */
export type LastingChange = (work: (draft: AccountDraft) => void) => Promise<void>;

const pauseMs = 1_000;

/** @param closing ends the attempts; the next run of the endpoint continues from the stored state */
export function createLastingChanges(account: Account, log: Logger, closing: AbortSignal): LastingChange {
  return async (work) => {
    for (let isLogged = false; ; isLogged = true) {
      try {
        await account.change(work);
        return;
      } catch (error) {
        if (!(error instanceof StateNotStored)) throw error;
        if (!isLogged) log.error({ err: error }, 'the state could not be stored: retrying every second');
        await delay(pauseMs, undefined, { signal: closing });
      }
    }
  };
}
