import { ExpectedFailure } from '../../domain/errors.js';
import { noChannelSettings } from '../../domain/realtime/channel-rules.js';
import { CommandError } from '../valkey/command-error.js';
import type { Command, Reply, ValkeyConnections } from '../valkey/interfaces.js';
import { bytesOrNull, numberOf } from '../valkey/replies.js';
import { expectedFailure } from '../valkey/values/expected-failure.js';
import { exportKeys } from '../valkey/values/export/export-keys.js';
import { clusterOf, newToken, openOrder, recordId, sealOrder } from './export-record.js';
import type { KeyExports } from './interfaces.js';

export interface KeyExportsOptions {
  readonly connections: Pick<ValkeyConnections, 'commands'>;
  /** Whether a key is reserved for this API. Such keys are not exported. */
  readonly isOwn: (name: Buffer) => boolean;
  readonly keyPrefix?: string;
  /** How long a token is valid. */
  readonly validMs?: number;
}

export function createKeyExports(options: KeyExportsOptions): KeyExports {
  const { connections, isOwn, keyPrefix = noChannelSettings.keyPrefix, validMs = 60_000 } = options;
  const recordOf = (token: string): Buffer => Buffer.from(`${keyPrefix}export:${recordId(token)}`);
  const send = async (cluster: string, key: Buffer, args: Command['args']): Promise<Reply> => {
    try {
      return await (await connections.commands(cluster)).send({ args, key });
    } catch (error) {
      throw exportFailure(error, `${keyPrefix}export:*`);
    }
  };
  return {
    async create(order) {
      const cluster = order.request.cluster.toLowerCase();
      const token = newToken(cluster);
      const key = recordOf(token);
      const expiresAt = new Date(Date.now() + validMs);
      await send(cluster, key, ['SET', key, sealOrder(order, token), 'PX', String(validMs)]);
      return { token, expiresAt };
    },
    async exists(token) {
      const cluster = clusterOf(token);
      if (cluster === undefined) return false;
      const key = recordOf(token);
      return numberOf(await send(cluster, key, ['EXISTS', key])) === 1;
    },
    async redeem(token) {
      const cluster = clusterOf(token);
      if (cluster === undefined) return null;
      const key = recordOf(token);
      const record = bytesOrNull(await send(cluster, key, ['GETDEL', key]));
      return record && openOrder(record, cluster, token);
    },
    async pieces(request) {
      return exportKeys(await connections.commands(request.cluster), request, (name) => !isOwn(name));
    },
  };
}

function exportFailure(error: unknown, keys: string): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return expectedFailure(error);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `Exports are recorded in keys of ${keys}. The Valkey user requires those keys, and +set, +getdel, +exists: ${error.message}`,
    { upstreamCode: error.prefix, cause: error },
  );
}
