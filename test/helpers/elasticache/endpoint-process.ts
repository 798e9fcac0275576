import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { createNodeFleet } from '../../../src/local-elasticache/nodes/fleet.js';
import { startLocalElastiCache } from '../../../src/local-elasticache/server.js';
import { testLog } from '../run/test-log.js';
import { killAtFileChanges, type FileChange } from './kills/kill-at-file-change.js';

/** A local endpoint with real nodes in a process of its own, to be killed. It sends its URL to its parent. */
const [dataDir = '', fatalChange] = process.argv.slice(2);
killAtFileChanges(fatalChange === undefined ? undefined : (JSON.parse(fatalChange) as FileChange));
const log = testLog();
const fleet = createNodeFleet({ dataDir, provideBinary: resolveValkey, log });
const endpoint = await startLocalElastiCache({ host: '127.0.0.1', port: 0, dataDir, log, fleet });
process.send?.(endpoint.url);
