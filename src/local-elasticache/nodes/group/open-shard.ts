import { createProgressRecord, type Progress } from '../data/progress.js';
import type { ManagedNode } from '../node.js';
import { clustered } from '../replication/clustered.js';
import { standalone } from '../replication/standalone.js';
import type { ScalableGroup } from '../scaling/scalable-group.js';
import { whenAware } from '../scaling/slot-owners.js';
import type { LayoutWriter } from './layout-writer.js';
import type { LiveSettings } from './live-settings.js';
import type { NodeUsers } from './node-users.js';
import { createShard } from '../shard/shard.js';

/** The parts of a group that its shards share. */
interface ShardEnvironment extends Pick<
  ScalableGroup,
  'clusterMode' | 'shards' | 'migrating' | 'changeOwners' | 'emit' | 'log' | 'closing'
> {
  /** The progress of the nodes in an earlier run. */
  readonly progress: Progress;
  /** Nodes that have data from an earlier run; undefined if there was none. */
  readonly withData: ReadonlySet<ManagedNode> | undefined;
  readonly layoutWriter: LayoutWriter;
  readonly settings: LiveSettings;
  readonly nodeUsers: NodeUsers;
  /** How long a rebooted node may take to serve after its process has started. */
  readonly rebootLimitMs: number | undefined;
}

/** Returns the function that opens the shards of a group: those of its start, and those that it is given later. */
export function createOpenShard(environment: ShardEnvironment): ScalableGroup['openShard'] {
  const { clusterMode, shards, migrating, changeOwners, emit, log, closing } = environment;
  const { layoutWriter, settings, nodeUsers, rebootLimitMs } = environment;
  // A replica that takes over claims the slots that its primary had, as far as it knows. It would win those that another
  // shard has just received, and that shard would delete their keys.
  const withStableOwners = (node: ManagedNode, takeOver: () => Promise<void>): Promise<void> =>
    changeOwners(async () => {
      await whenAware(shards, node, closing);
      await takeOver();
    });
  return ({ id, slots, nodes, primary, isNew }) => {
    const ending = new AbortController();
    const ended = AbortSignal.any([closing, ending.signal]);
    const ids = nodes.map((node) => node.id);
    const shard = createShard({
      ...{ id, nodes, primary, rebootLimitMs, emit, log, closing: ended },
      withData: isNew ? undefined : environment.withData,
      progress: createProgressRecord(environment.progress, ids),
      keepProgress: (progress) => layoutWriter.save(progress),
      setProgress: (progress) => layoutWriter.setProgress(progress),
      keepPrimary: (node) => layoutWriter.setPrimary(id, node.id),
      replication: clusterMode ? clustered(ended, withStableOwners) : standalone,
      async applyUsers(node) {
        await settings.applyTo(node);
        await nodeUsers.applyUsers(node);
      },
      isOccupied: (node) => migrating.has(node),
    });
    return { id, slots, shard, end: () => ending.abort() };
  };
}
