import { readdir, readFile } from 'node:fs/promises';

/** CPU seconds that each process has used so far, all its threads: name → pid becomes name → seconds. Linux. */
export async function cpuSeconds(processes) {
  const entries = Object.entries(processes).map(async ([name, pid]) => [name, await processSeconds(pid)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function processSeconds(pid) {
  const threads = await readdir(`/proc/${pid}/task`);
  const used = await Promise.all(
    threads.map(async (thread) => {
      // The first figure is the time spent on a CPU, in nanoseconds; `stat` counts in hundredths of a second only.
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
      return Number(text.split(' ')[0]) / 1e9;
    }),
  );
  return used.reduce((sum, seconds) => sum + seconds, 0);
}

/** System calls of a process that wrote. Linux. */
export async function writeCalls(pid) {
  return Number(/syscw: (\d+)/.exec(await readFile(`/proc/${pid}/io`, 'utf8'))[1]);
}

/** Which process used most of one core meanwhile, and how much of it. */
export function busiest(before, after, seconds) {
  const shares = Object.keys(after).map((name) => ({ name, share: (after[name] - before[name]) / seconds }));
  return shares.reduce((most, one) => (one.share > most.share ? one : most));
}

/** Resident memory of a process in bytes. Linux. */
export async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
}
