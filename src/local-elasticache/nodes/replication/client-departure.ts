import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';

/** The errors by which a node sends a client to another one. */
const refusals = /errorstat_(?:READONLY|MASTERDOWN|MOVED):count=(\d+)/g;

const pollMs = 50;
/** Clients that understand the errors have left after a few milliseconds, even on a busy machine. */
const quietMs = 400;
const patienceMs = 3_000;

/**
 * Resolves when the node has refused no command for a while, because its clients have found the new primary. Clients that do not
 * understand its errors are not waited for longer than three seconds.
 */
export async function untilClientsLeave(node: ManagedNode, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let [count, since] = [-1, 0];
  for (;;) {
    const info = String(await node.command('INFO', 'errorstats'));
    const sum = [...info.matchAll(refusals)].reduce((total, [, number]) => total + Number(number), 0);
    const now = performance.now();
    if (sum !== count) [count, since] = [sum, now];
    if (now - since >= quietMs || now > deadline) return;
    await delay(pollMs, undefined, { signal });
  }
}
