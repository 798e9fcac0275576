/** The middle of several figures. */
export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Median of each contender, and its ratio to the first. */
export function printTable(title, unit, rounds) {
  console.log(`\n${title}`);
  const names = Object.keys(rounds[0]);
  const [reference] = names;
  for (const name of names) {
    const figure = median(rounds.map((round) => round[name]));
    // A ratio of one round compares what ran side by side; the median of those is steadier than that of the figures.
    const ratio = median(rounds.map((round) => round[name] / round[reference]));
    const text = figure.toLocaleString('en', { maximumFractionDigits: figure < 100 ? 2 : 0 });
    console.log(`  ${name.padEnd(44)} ${text.padStart(12)} ${unit}   ratio ${ratio.toFixed(2)}`);
  }
}

/** CPU seconds that a process has used so far. Linux. */
export async function cpuSeconds(pid) {
  const { readFile } = await import('node:fs/promises');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}
