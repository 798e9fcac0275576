import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds, residentBytes } from './cpu.js';

const lookMs = 5_000;
/** So long a process may take to come to rest. */
const patienceMs = 120_000;

/** How often the main thread has slept until something woke it. Linux. */
async function wakeUps(pid) {
  const status = await readFile(`/proc/${pid}/task/${pid}/status`, 'utf8');
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1]);
}

/** What one process does in `ms`, in wake-ups of its main thread per second and percent of a core. */
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

/** Resolves when a process does no less in five seconds than in the five before. */
export async function untilAtRest(pid) {
  const deadline = performance.now() + patienceMs;
  let least = Infinity;
  for (let calm = 0; calm < 2 && performance.now() < deadline;) {
    const { 'wake-ups per second': now } = await activity(pid, lookMs);
    calm = now > least * 0.9 ? calm + 1 : 0;
    least = Math.min(least, now);
  }
}
