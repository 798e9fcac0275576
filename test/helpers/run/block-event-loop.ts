import { setTimeout as delay } from 'node:timers/promises';

/** Keeps this process from handling any event for so many milliseconds, like a machine under load. */
export function blockEventLoop(milliseconds: number): void {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}

/** Blocks three times for so many milliseconds each. Events are handled in between. */
export async function blockThreeTimes(milliseconds: number): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    await delay(1);
    blockEventLoop(milliseconds);
  }
}
