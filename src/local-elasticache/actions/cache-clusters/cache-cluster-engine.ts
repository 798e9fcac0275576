import { engineNamed } from '../../../domain/cluster/engines.js';
import { invalidInput } from '../../../domain/errors.js';
import { AwsFault } from '../../wire/fault.js';

/**
 * Reads the engine of a cache cluster in no replication group, which can only be Redis.
 * @throws ExpectedFailure InvalidParameterValue, in AWS's words for Valkey
 */
export function cacheClusterEngine(name: string | undefined): 'REDIS' {
  if (name === undefined) throw new AwsFault('MissingParameter', 'The request must contain the parameter Engine.');
  if (name.toLowerCase() === 'memcached') {
    throw invalidInput('Engine memcached is not supported by the local ElastiCache endpoint.');
  }
  const engine = engineNamed(name);
  if (engine === 'REDIS') return engine;
  throw invalidInput(
    "This API doesn't support Valkey engine. Please use CreateReplicationGroup API for Valkey cluster creation.",
  );
}
