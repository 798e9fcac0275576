import type { Config } from '../config/config.js';
import { localFiles } from '../local-elasticache/local-files.js';
import { ValkeyNotFound, resolveValkey } from '../local-elasticache/nodes/binary/resolve-binary.js';
import { createNodeFleet } from '../local-elasticache/nodes/fleet.js';
import { startLocalElastiCache, type LocalElastiCache } from '../local-elasticache/server.js';
import { BrokenState } from '../local-elasticache/state/store.js';
import { writeGitignore } from './data-dir/data-dir-gitignore.js';
import { lockDataDir } from './data-dir/data-dir-lock.js';
import { explainPortInUse } from './port-in-use.js';
import { StartupError } from '../runtime/startup-error.js';
import type { Logger } from '../telemetry/log.js';
import { explainDataDirFailure } from './data-dir/data-dir-failure.js';

/** The endpoint with its nodes. Closing it ends every node and unlocks the data directory. */
export interface StartedElastiCache extends AsyncDisposable {
  readonly url: string;
  /** The authority that signed the nodes' certificates, PEM. */
  readonly ca: () => Promise<string>;
}

/** Finds Valkey and starts the local ElastiCache endpoint with it. @throws the reason of `stop` if that is aborted before */
export function startElastiCache(config: Config, log: Logger, stop: AbortSignal): Promise<StartedElastiCache> {
  return explainDataDirFailure(config.dataDir, () => start(config, log, stop));
}

async function start(config: Config, log: Logger, stop: AbortSignal): Promise<StartedElastiCache> {
  const unlock = await lockDataDir(config.dataDir);
  try {
    const binary = await resolveValkey({ signal: stop, onProgress: (line) => process.stdout.write(`${line}\n`) });
    stop.throwIfAborted();
    const fleet = createNodeFleet({ dataDir: config.dataDir, provideBinary: () => Promise.resolve(binary), log });
    const endpoint = await startEndpoint(config, log, fleet);
    // Last, so that a directory that is refused stays unchanged.
    const ours = [...Object.values(localFiles), `${localFiles.state}.new`, 'lock'];
    await writeGitignore(config.dataDir, ours).catch((error: unknown) =>
      log.warn({ err: error }, 'the .gitignore of the data directory could not be written'),
    );
    const close = async (): Promise<void> => {
      await endpoint.close();
      await fleet.close();
      await unlock();
    };
    let closing: Promise<void> | undefined;
    return {
      url: endpoint.url,
      ca: () => fleet.caCertificate(),
      [Symbol.asyncDispose]: () => (closing ??= close()),
    };
  } catch (error) {
    await unlock();
    throw error instanceof ValkeyNotFound || error instanceof BrokenState
      ? new StartupError(error.message, { cause: error })
      : error;
  }
}

async function startEndpoint(
  { host, elasticachePort, dataDir, allowedHosts }: Config,
  log: Logger,
  fleet: Parameters<typeof startLocalElastiCache>[0]['fleet'],
): Promise<LocalElastiCache> {
  try {
    return await startLocalElastiCache({ host, port: elasticachePort, allowedHosts, dataDir, log, fleet });
  } catch (error) {
    const other = elasticachePort + 1;
    const choice = `--elasticache-port ${other} or CACHEGRAPH_ELASTICACHE_PORT=${other}`;
    const explanation = await explainPortInUse(error, choice);
    throw explanation === undefined ? error : new StartupError(explanation, { cause: error });
  }
}
