import { setTimeout as delay } from 'node:timers/promises';

/** Keeps this process three times from handling any event for so long, as a machine under load does. */
export async function keepBusy(milliseconds: number): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    await delay(1);
    for (const until = performance.now() + milliseconds; performance.now() < until;);
  }
}
