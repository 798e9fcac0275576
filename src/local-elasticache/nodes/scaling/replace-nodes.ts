import { setTimeout as delay } from 'node:timers/promises';
import type { LiveSettings } from '../group/live-settings.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { createSerial } from '../../../runtime/serial.js';
import { whenReplicasKnown } from './known-replicas.js';
import type { RunningShard, ScalableGroup } from './scalable-group.js';

type ReplaceableGroup = Pick<ScalableGroup, 'clusterMode' | 'shards' | 'onStep' | 'closing'>;

const pollMs = 100;
/** How long a node that has died may take to start again. */
const downTimeoutMs = 60_000;

/**
 * Starts every node again that has not started since its settings were replaced: in each shard the replicas one by one,
 * then the primary after it has handed over; a single node in its place. Shards change at the same time, but their primaries one after the other,
 * as on AWS.
 */
export async function replaceNodes(group: ReplaceableGroup, settings: Pick<LiveSettings, 'isReplaced'>): Promise<void> {
  const onePrimary = createSerial();
  await runAllOrAbort(group.shards, group.closing, replaceInShard);

  async function replaceInShard(running: RunningShard, signal: AbortSignal): Promise<void> {
    const { shard } = running;
    let deadline = performance.now() + downTimeoutMs;
    for (;;) {
      signal.throwIfAborted();
      // Nodes that died meanwhile were restarted with the new settings, and another one may be the primary.
      const remaining = shard.nodes().filter((node) => !settings.isReplaced(node.id));
      if (remaining.length === 0) return;
      const primary = shard.primary();
      const node = remaining.find((other) => other !== primary) ?? primary;
      if (!node.isRunning()) {
        if (performance.now() > deadline) throw new Error(`Node ${node.id} is down.`);
        await delay(pollMs, undefined, { signal });
      } else if (node !== primary || shard.nodes().length === 1) {
        await group.onStep?.('restart-node');
        await shard.reboot(node);
        deadline = performance.now() + downTimeoutMs;
      } else {
        await onePrimary(async () => {
          signal.throwIfAborted();
          await group.onStep?.('hand-over');
          await whenReplicasKnown(group, running);
          await shard.failover(undefined, { isPlanned: true });
        });
      }
    }
  }
}
