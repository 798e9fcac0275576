import type { ManagedNode } from '../node.js';
import { acceptsConnections, activityOf } from '../process/activity.js';

/** So much CPU time, in clock ticks between two looks, is work rather than a timer. */
const ticksOfWork = 5;

/** Sees from outside whether a node that does not answer works: it uses CPU or waits for its disk, and its socket accepts. */
export function createBusyCheck(): (node: ManagedNode) => Promise<boolean> {
  const used = new Map<ManagedNode, number>();
  return async (node) => {
    const pid = node.processId();
    if (pid === undefined) return false;
    const { cpu, isWaitingForDisk } = await activityOf(pid);
    const before = used.get(node);
    if (cpu !== undefined) used.set(node, cpu);
    const isWorking = cpu !== undefined && before !== undefined && cpu - before >= ticksOfWork;
    return (isWorking || isWaitingForDisk) && (await acceptsConnections(node));
  };
}
