import type { ManagedNode } from '../node.js';
import { openMigrationConnection, type MigrationCommand, type MigrationConnection } from './migration-connection.js';
import type { RunningShard, ScalableGroup } from './scalable-group.js';

/** Moves slots of a running group: what all ways of moving them share. */
export interface Migration {
  readonly group: ScalableGroup;
  /** The connection to the shard's present primary. */
  connectionTo(this: void, shard: RunningShard): Promise<MigrationConnection>;
  /**
   * Runs commands on the shard's present primary in any order. Valkey 8 holds each SETSLOT until the replicas have
   * acknowledged it, so that several connections are faster if there are replicas.
   */
  runAll(this: void, shard: RunningShard, commands: readonly MigrationCommand[]): Promise<void>;
  readonly signal: AbortSignal;
}

const maxLanes = 64;

/** Runs work with connections that it opens on demand. Its nodes are not taken for frozen meanwhile. */
export async function withMigration<Result>(
  group: ScalableGroup,
  signal: AbortSignal,
  work: (migration: Migration) => Promise<Result>,
): Promise<Result> {
  const { administrator, ca } = group.factory;
  const open = new Map<ManagedNode, Promise<MigrationConnection>[]>();
  const connectionTo = ({ shard }: RunningShard, lane = 0): Promise<MigrationConnection> => {
    const node = shard.primary();
    group.migrating.add(node);
    const lanes = open.get(node) ?? [];
    open.set(node, lanes);
    return (lanes[lane] ??= openMigrationConnection({ host: node.host, port: node.port, ...administrator, ca }));
  };
  const runAll: Migration['runAll'] = async (running, commands) => {
    const lanes = running.shard.nodes().length > 1 ? maxLanes : 1;
    const shares = Array.from({ length: Math.min(lanes, commands.length) }, (_, lane) =>
      commands.filter((_command, index) => index % lanes === lane),
    );
    // All of them have ended before a failure is reported, so that nothing is repeated while it is still running.
    const results = await Promise.allSettled(
      shares.map(async (share, lane) => (await connectionTo(running, lane)).run(share)),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  // A connection that waits for a reply would otherwise keep the group from closing.
  const closeAll = (): void => {
    for (const connection of [...open.values()].flat())
      void connection.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
  };
  signal.addEventListener('abort', closeAll, { once: true });
  try {
    return await work({ group, connectionTo, runAll, signal });
  } finally {
    signal.removeEventListener('abort', closeAll);
    closeAll();
    for (const node of open.keys()) group.migrating.delete(node);
  }
}
