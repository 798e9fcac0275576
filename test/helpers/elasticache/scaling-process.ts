import { createNodeFleet } from '../../../src/local-elasticache/nodes/fleet.js';
import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { startLocalElastiCache } from '../../../src/local-elasticache/server.js';
import { testLog } from '../run/test-log.js';

/**
 * A local endpoint that kills itself before a step of a change of nodes, when it reaches the step for the given time. It
 * sends its URL to its parent.
 */
const [dataDir = '', fatalStep, times = '1'] = process.argv.slice(2);
let left = Number(times);
const fleet = createNodeFleet({
  dataDir,
  provideBinary: resolveValkey,
  log: testLog(),
  onScalingStep(step) {
    if (step === fatalStep && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
const endpoint = await startLocalElastiCache({ host: '127.0.0.1', port: 0, dataDir, log: testLog(), fleet });
process.send?.(endpoint.url);
