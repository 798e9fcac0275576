import { median } from './figures.js';

/** Collects what rounds measured and prints it: per load one line a contender, medians, and ratios within the round. */
export function createReport() {
  const tables = [];
  return {
    /** `reference` is what the others are compared with; the best of `peers` is named. */
    table(title, { reference, peers = [] }) {
      const loads = new Map();
      const summary = { title, reference, loads: [] };
      tables.push(summary);
      return {
        add(load, contender, figures) {
          if (!loads.has(load)) loads.set(load, new Map());
          const rows = loads.get(load);
          rows.set(contender, [...(rows.get(contender) ?? []), figures]);
        },
        print() {
          for (const [load, rows] of loads) {
            const lines = [...rows].map(([name, rounds]) => summarise(name, rounds, rows.get(reference), reference));
            summary.loads.push({ load, lines });
            console.log(`\n${title}, ${load}`);
            console.table(Object.fromEntries(lines.map(({ name, text }) => [name, text])));
            printBest(lines, rows, reference, peers);
          }
        },
      };
    },
    tables,
  };
}

function summarise(name, rounds, reference, referenceName) {
  const keys = Object.keys(rounds[0]).filter((key) => typeof rounds[0][key] === 'number');
  const figures = Object.fromEntries(keys.map((key) => [key, median(rounds.map((round) => round[key]))]));
  const [first] = keys;
  // A ratio of one round compares what ran side by side; the median of those is steadier than that of the figures.
  const ratio = median(rounds.map((round, at) => reference[at][first] / round[first]));
  const text = Object.fromEntries(keys.map((key) => [key, rounded(figures[key])]));
  text['slowest to fastest round'] = rangeOf(rounds.map((round) => round[first]));
  text[`${referenceName} ÷ this`] = rounded(ratio);
  const named = rounds.map(({ busiest }) => busiest).filter(Boolean);
  if (named.length > 0) text.busiest = describeBusiest(named);
  return { name, figures, ratio, text };
}

function rangeOf(figures) {
  return `${rounded(Math.min(...figures))} to ${rounded(Math.max(...figures))}`;
}

function describeBusiest(named) {
  const { name } = named[Math.floor(named.length / 2)];
  const share = median(named.filter((one) => one.name === name).map((one) => one.share));
  return `${name} ${Math.round(share * 100)} %`;
}

/** Against the best peer of each round, whoever that was. */
function printBest(lines, rows, reference, peers) {
  const present = peers.filter((peer) => rows.has(peer));
  if (present.length === 0 || !rows.has(reference)) return;
  const [first] = Object.keys(lines[0].figures);
  const ratios = rows
    .get(reference)
    .map((round, at) => round[first] / Math.max(...present.map((peer) => rows.get(peer)[at][first])));
  const latency = rows
    .get(reference)
    .map((round, at) => round['p99 ms'] / Math.min(...present.map((peer) => rows.get(peer)[at]['p99 ms'])));
  console.log(
    `  ${reference} to the best peer: ${first} × ${rounded(median(ratios))}, p99 × ${rounded(median(latency))}`,
  );
}

function rounded(figure) {
  if (!Number.isFinite(figure)) return figure;
  return Number(figure.toPrecision(3));
}
