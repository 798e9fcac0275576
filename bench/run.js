// All benchmarks, one after another. `npm run bench -- --help` lists the choices.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBulk } from './bulk/run.js';
import { benchGroups } from './groups/run.js';
import { benchHttp } from './http/run.js';
import { endAll } from './lib/processes.js';
import { createReport } from './lib/report.js';
import { benchChannels } from './live/channels.js';
import { benchIdle } from './live/idle.js';
import { benchKeys } from './live/keys.js';
import { benchStreams } from './live/streams.js';
import { benchLocal } from './local/run.js';
import { benchRest } from './rest/run.js';
import { benchStart } from './start/run.js';

const benchmarks = {
  http: benchHttp,
  channels: benchChannels,
  keys: benchKeys,
  streams: benchStreams,
  groups: benchGroups,
  bulk: benchBulk,
  idle: benchIdle,
  rest: benchRest,
  start: benchStart,
  local: benchLocal,
};
const { values: flags, positionals: selected } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    scene: { type: 'string', default: '' },
    load: { type: 'string', default: '' },
    contender: { type: 'string', multiple: true },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(`npm run bench -- [${Object.keys(benchmarks).join('|')}]… [options]

  --rounds N         interleaved rounds, of which medians are taken (5)
  --quick            one round
  --scene TEXT       only scenes whose name contains it
  --load TEXT        only loads whose name contains it
  --contender NAME   only this one, may be repeated; cachegraph is always measured
  --json FILE        writes the figures there too, for plots`);
  process.exit();
}
const rounds = flags.quick ? 1 : Number(flags.rounds);
const report = createReport();
const isSelected = {
  scene: (name) => name.includes(flags.scene),
  load: (name) => name.includes(flags.load),
  contender: (name) => name === 'cachegraph' || !flags.contender || flags.contender.includes(name),
};

console.log(
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}); medians of ${rounds} interleaved rounds.`,
);
try {
  for (const [name, bench] of Object.entries(benchmarks)) {
    if (selected.length === 0 || selected.includes(name)) await bench({ rounds, report, isSelected });
    endAll();
  }
  if (flags.json) await writeFile(flags.json, `${JSON.stringify(report.tables, undefined, 2)}\n`);
} finally {
  endAll();
}
process.exit();
