import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApi } from '../../../src/app/start-api.js';
import { loadConfig } from '../../../src/config/load-config.js';
import type { ApiServer } from '../../../src/server/server.js';
import { temporaryFolder } from './command.js';
import type { TestCluster } from '../valkey/valkey.js';
import { testLog } from '../run/test-log.js';

/** The address of a configured cluster, with the other properties of its entry. */
type Served = ({ readonly host: string; readonly port: number } | TestCluster) & {
  readonly username?: string;
  readonly passwordFile?: string;
};

/** The API as `cachegraph serve` starts it, in this process; real servers by cluster name. */
export async function serve(
  clusters: Readonly<Record<string, Served>>,
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<ApiServer> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'cachegraph.json');
  await writeFile(file, JSON.stringify({ elasticache: false, clusters: entriesOf(clusters), ...configuration }));
  const config = await loadConfig({ port: '0', config: file }, {});
  return await startApi({
    config,
    log: testLog(),
    elastiCache: null,
    ca: () => Promise.resolve(undefined),
  });
}

/** In the form of the configuration's `clusters`. */
export function entriesOf(clusters: Readonly<Record<string, Served>>): object[] {
  return Object.entries(clusters).map(([name, { username, passwordFile, ...at }]) => {
    const isClustered = 'primaries' in at;
    const { host, port } = isClustered ? at.primaries[0]! : at;
    const clusterMode = isClustered ? 'ENABLED' : 'DISABLED';
    return { name, endpoint: { host, port }, clusterMode, username, passwordFile };
  });
}
