import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { findGroup, groupsOf, type StreamGroup } from '../../datasources/valkey/values/streams/stream.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { canSeeCluster, hasPermission, requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';

/** The stream's groups that the caller may read. */
export async function groups(context: Context, reading: KeySnapshot): Promise<readonly StreamGroup[]> {
  const { cluster, name: key } = reading;
  requirePermission(context, 'groups:read', { cluster, key });
  const all = await groupsOf(reading);
  return all.filter(({ name }) => hasPermission(context, 'groups:read', { cluster, key, group: name }));
}

/** The group of a mutation's payload; null if it no longer exists. */
export async function payloadGroup(
  context: Context,
  stream: StreamGroup['stream'],
  group: Buffer,
): Promise<StreamGroup | null> {
  requirePermission(context, 'groups:read', { cluster: stream.cluster, key: stream.name, group });
  return await orNullIfMissing(() => findGroup(stream, group));
}

/** Null also if the key is no longer a stream. */
async function orNullIfMissing(find: () => Promise<StreamGroup>): Promise<StreamGroup | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof ExpectedFailure && (error.code === 'NOT_FOUND' || error.code === 'WRONG_TYPE')) return null;
    throw error;
  }
}

/** The part of a group's global ID that follows its type. */
export function idOfGroup({ stream, name }: Pick<StreamGroup, 'stream' | 'name'>): string {
  return [stream.cluster, stream.name.toString('base64url'), name.toString('base64url')].join('/');
}

/** The group of a global ID; null if it no longer exists or the caller may not see its cluster. */
export async function groupOfId(context: Context, id: string): Promise<StreamGroup | null> {
  const [cluster = '', stream, name] = id.split('/');
  if (stream === undefined || name === undefined || !canSeeCluster(context, cluster)) return null;
  const [key, group] = [Buffer.from(stream, 'base64url'), Buffer.from(name, 'base64url')];
  requirePermission(context, 'groups:read', { cluster, key, group });
  return await orNullIfMissing(async () => {
    const commands = await context.connections.commands(cluster);
    return await findGroup({ commands, cluster, name: key }, group);
  });
}
