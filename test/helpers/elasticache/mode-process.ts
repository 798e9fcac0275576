import { createNodeFleet } from '../../../src/local-elasticache/nodes/fleet.js';
import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import type { NodeFleet } from '../../../src/local-elasticache/nodes/interfaces.js';
import { startLocalElastiCache } from '../../../src/local-elasticache/server.js';
import { testLog } from '../run/test-log.js';

/**
 * A local endpoint that kills itself while it changes the cluster mode of a group: when its nodes are `stopped`, before they
 * start in the other mode (`starting`), or after that (`started`). It sends its URL to its parent.
 */
const [dataDir = '', fatalStep] = process.argv.slice(2);
const log = testLog();
const reach = (step: 'stopped' | 'starting' | 'started'): void => {
  if (step === fatalStep) process.kill(process.pid, 'SIGKILL');
};
const fleet = createNodeFleet({ dataDir, provideBinary: resolveValkey, log });
const doomed: NodeFleet = {
  ...fleet,
  async start(spec, signal) {
    if (spec.clusterMode) reach('starting');
    const group = await fleet.start(spec, signal);
    if (spec.clusterMode) reach('started');
    return { ...group, close: () => group.close().then(() => reach('stopped')) };
  },
};
const endpoint = await startLocalElastiCache({ host: '127.0.0.1', port: 0, dataDir, log, fleet: doomed });
process.send?.(endpoint.url);
