import type { ManagedNode } from '../node.js';
import { acceptsConnections, activityOf } from '../process/activity.js';

/** CPU time, in clock ticks between two checks, above which a process is working rather than running timers. */
const workingTicks = 5;

/**
 * Detects from outside whether a node that does not answer is working: it uses CPU or waits for its disk, and its
 * socket accepts connections.
 */
export function createBusyDetector(): (node: ManagedNode) => Promise<boolean> {
  const used = new Map<ManagedNode, number>();
  return async (node) => {
    const pid = node.processId();
    if (pid === undefined) return false;
    const { cpu, isWaitingForDisk } = await activityOf(pid);
    const before = used.get(node);
    if (cpu !== undefined) used.set(node, cpu);
    const isWorking = cpu !== undefined && before !== undefined && cpu - before >= workingTicks;
    return (isWorking || isWaitingForDisk) && (await acceptsConnections(node));
  };
}
