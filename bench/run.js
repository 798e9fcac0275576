// All benchmarks, one after another: `npm run bench -- [http|fanout] [--quick]`
import { cpus } from 'node:os';
import { benchFanout } from './fanout/run.js';
import { benchHttp } from './http/run.js';
import { endAll } from './lib/processes.js';

const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.includes(name) || !wanted.some((word) => !word.startsWith('--'));
const rounds = wanted.includes('--quick') ? 3 : 7;

console.log(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}); medians of ${rounds} interleaved rounds.`,
);
try {
  if (isWanted('http')) await benchHttp({ rounds, seconds: 3 });
  if (isWanted('fanout')) await benchFanout({ rounds, subscribers: 1_000 });
} finally {
  endAll();
}
process.exit();
