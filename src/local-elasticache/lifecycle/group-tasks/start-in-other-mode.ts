import type { RunningGroup } from '../../nodes/interfaces.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { setClusterMode, type PendingClusterMode } from '../cluster-mode.js';

/** The nodes of a group, and what must be known of it to start them in another cluster mode. */
interface StartableGroup {
  readonly nodes: RunningGroup;
  readonly pending: PendingClusterMode;
  /** Called when the nodes have stopped. */
  onStopped(this: void): void;
  /** Changes the record. */
  change(this: void, work: (group: ReplicationGroupRecord) => void): Promise<void>;
  /** Starts the nodes as they are recorded. */
  start(this: void): Promise<void>;
  /** Called before the change is undone, because the nodes did not start. */
  onUndo(this: void, cause: unknown): void;
  readonly closing: AbortSignal;
}

/**
 * Stops the nodes and starts them in the pending cluster mode, with their data. If they do not start, starts them in the
 * former mode and rejects.
 */
export async function startInOtherMode(group: StartableGroup): Promise<void> {
  const { nodes, pending, change, start, closing } = group;
  if (pending.mode !== 'disabled') await nodes.requireDatabases('1');
  // Each node writes its data completely.
  await nodes.close();
  group.onStopped();
  let restore: ReturnType<typeof setClusterMode> | undefined;
  await change((record) => {
    restore = setClusterMode(record, pending);
  });
  try {
    await start();
  } catch (cause) {
    closing.throwIfAborted();
    group.onUndo(cause);
    await change((record) => restore?.(record));
    await start();
    throw cause;
  }
}
