import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import { parseRole, type Role } from '../role.js';

/** Sets the roles of a shard's nodes: by REPLICAOF, or by the cluster's own votes and epochs. */
export interface Replication {
  /** Finds the primary of the shard from the roles of its running nodes and its last primary. */
  findPrimary(roles: ReadonlyMap<ManagedNode, Role>, last: ManagedNode): Promise<ManagedNode>;
  /** Tests whether a node that has its role and is in sync accepts commands. */
  serves(node: ManagedNode): Promise<boolean>;
  /** Makes a node that has just started, or follows another one, a replica of `primary`. */
  follow(node: ManagedNode, primary: ManagedNode): Promise<void>;
  /** To be called before a node without data starts: it must start as a replica of `primary`, never as a primary. */
  prepareEmpty(node: ManagedNode, primary: ManagedNode): Promise<void>;
  /** Makes `node` the primary without the old one. Resolves when it accepts writes. */
  promote(node: ManagedNode): Promise<void>;
  /**
   * Makes `from` hand over to its replica `to` without losing a write. Resolves when `to` accepts writes. If `from` is
   * busy, the last resort may lose writes of the last moment, which `mustKeepWrites` rules out: then it rejects.
   */
  handOver(from: ManagedNode, to: ManagedNode, signal: AbortSignal, mustKeepWrites: boolean): Promise<void>;
  /**
   * Refuses commands on a former primary, with errors that send clients to the new one. Resolves when they have stopped,
   * or do not understand.
   */
  drain(from: ManagedNode, signal: AbortSignal): Promise<void>;
}

export async function roleOf(node: ManagedNode): Promise<Role> {
  return parseRole(await node.command('ROLE'));
}

/** Returns the replication offset of a replica. INFO keeps it when the primary is gone, ROLE does not. */
export async function offsetOf(node: ManagedNode): Promise<number> {
  const [, offset] = /slave_repl_offset:(\d+)/.exec(String(await node.command('INFO', 'replication'))) ?? [];
  return Number(offset ?? -1);
}

/** Returns the bytes of the primary's writes that the replica has not received. */
export async function lagOf(primary: ManagedNode, replica: ManagedNode): Promise<number> {
  const [, offset] = /master_repl_offset:(\d+)/.exec(String(await primary.command('INFO', 'replication'))) ?? [];
  return Number(offset ?? Infinity) - (await offsetOf(replica));
}

/**
 * Polls until the condition holds; resolves to false after `withinMs`. A node that does not answer counts as not
 * fulfilling it.
 */
export async function waitUntil(
  condition: () => Promise<boolean>,
  signal: AbortSignal,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) return false;
    await delay(20, undefined, { signal });
  }
  return true;
}
