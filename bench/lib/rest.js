import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, residentBytes } from './cpu.js';

const restMs = 60_000;

/** How often the main thread has slept until something woke it. Linux. */
async function wakeUps(pid) {
  const status = await readFile(`/proc/${pid}/task/${pid}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1]);
}

/** The activity of one process in `ms`: wake-ups of its main thread per second and percent of a core. */
export async function activity(pid, ms) {
  const [before, used, at] = [await wakeUps(pid), await cpuSeconds({ pid }), performance.now()];
  await delay(ms);
  const [after, usedNow, now] = [await wakeUps(pid), await cpuSeconds({ pid }), performance.now()];
  const seconds = (now - at) / 1000;
  return {
    'wake-ups per second': (after - before) / seconds,
    'percent of a core': (100 * (usedNow.pid - used.pid)) / seconds,
    'MiB resident': (await residentBytes(pid)) / 1024 / 1024,
  };
}

/** Resolves when a process that has just worked is at rest: for most of a minute V8 collects what the work has left. */
export function untilAtRest() {
  return delay(restMs);
}
