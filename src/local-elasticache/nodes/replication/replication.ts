import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import { parseRole, type Role } from '../role.js';

/** How the roles of a shard's nodes are set: by REPLICAOF, or by the cluster's own votes and epochs. */
export interface Replication {
  /** Who leads the shard, given what its running nodes say and who led it last. */
  recognise(roles: ReadonlyMap<ManagedNode, Role>, last: ManagedNode): Promise<ManagedNode>;
  /** Whether a node that has its role and is in sync takes commands. */
  serves(node: ManagedNode): Promise<boolean>;
  /** Makes a node that has just started, or follows another, a replica of `primary`. */
  follow(node: ManagedNode, primary: ManagedNode): Promise<void>;
  /** Before a node without data starts: it must begin as a replica of `primary`, never as a primary. */
  prepareEmpty(node: ManagedNode, primary: ManagedNode): Promise<void>;
  /** Makes `node` the primary without asking the old one; resolves when it takes writes. */
  promote(node: ManagedNode): Promise<void>;
  /** Has `from` hand over to its replica `to` without losing a write; resolves when `to` takes writes. */
  handOver(from: ManagedNode, to: ManagedNode, signal: AbortSignal): Promise<void>;
}

export async function roleOf(node: ManagedNode): Promise<Role> {
  return parseRole(await node.command('ROLE'));
}

/** How much of its primary's writes a replica has. INFO remembers it when the primary is gone, ROLE does not. */
export async function offsetOf(node: ManagedNode): Promise<number> {
  const [, offset] = /slave_repl_offset:(\d+)/.exec(String(await node.command('INFO', 'replication'))) ?? [];
  return Number(offset ?? -1);
}

/** Asks again and again; false where `withinMs` passed. A node that does not answer has not got there yet. */
export async function waitUntil(
  reached: () => Promise<boolean>,
  signal: AbortSignal,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await reached().catch(() => false))) {
    if (performance.now() > deadline) return false;
    await delay(20, undefined, { signal });
  }
  return true;
}
