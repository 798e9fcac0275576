import { parseArgs } from 'node:util';
import { runKills } from '../helpers/elasticache/kills/run-kills.js';
import { createReport } from './report.js';

/**
 * Kills the local endpoint at random moments of a hundred random operations: scaling, snapshots, parameters, users, tags, failovers.
 * `--seed` repeats the choices of an earlier run.
 */
const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
  },
});
const [operations, seed] = [Number(values.operations), Number(values.seed)];
if (!(operations > 0) || !Number.isInteger(seed))
  throw new Error('Expected --operations above 0 and an integer as --seed.');

const { say, check, finish } = createReport();
say(`seed ${seed}`);
try {
  const { kills, killsAtStart, acknowledgedWrites } = await runKills({ seed, operations, say });
  check('kills', `${kills}, and ${killsAtStart} while a start repaired an earlier one`, kills === operations);
  check('acknowledged writes', `${acknowledgedWrites}, none lost`, acknowledgedWrites > 0);
} catch (cause) {
  check('state', String(cause), false);
}
finish();
