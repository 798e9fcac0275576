import { ExpectedFailure } from '../../../domain/errors.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import type { NodeEvent } from '../interfaces.js';
import { lagOf, offsetOf, waitUntil, type Replication } from '../replication/replication.js';
import type { Role } from '../role.js';

export interface FailoverOptions {
  /** The shard's ID. */
  readonly id: string;
  readonly nodes: readonly ManagedNode[];
  /** Whether the node is being restarted on request, and will be the primary again if it is now. */
  isRebooting(this: void, node: ManagedNode): boolean;
  readonly primary: ManagedNode;
  readonly replication: Replication;
  /** Sorts nodes by their data before they stopped, latest first. */
  rank(this: void, nodes: readonly ManagedNode[]): ManagedNode[];
  /** Stores a new primary, before its event is emitted. */
  keepPrimary(this: void, node: ManagedNode): Promise<void>;
  emit(this: void, event: NodeEvent): void;
  readonly log: Logger;
  /** Aborted when the group closes. */
  readonly closing: AbortSignal;
}

/** Bytes that a replica receives within a fraction of a second. */
const smallLag = 1024 * 1024;
const lagTimeoutMs = 10_000;

export interface HandOverOptions {
  /**
   * Whether the old primary is about to be stopped while clients use it. It then waits until they have left, and hands
   * over only if no write can be lost.
   */
  readonly isPlanned?: boolean;
}

/** Tracks the primary of a shard and the replicas that may replace it. Methods that change it must be called one at a time. */
export interface Failover {
  primary(): ManagedNode;
  /** Records a node's role. Returns whether it has the expected role in the shard. */
  recordRole(node: ManagedNode, role: Role): boolean;
  /** To be called when a node's process has ended: its copy can no longer become primary. */
  lost(node: ManagedNode): void;
  /**
   * Chooses the initial primary from the nodes that started with their data: the previous primary if it is among them,
   * else the one with the latest data.
   */
  begin(roles: ReadonlyMap<ManagedNode, Role>): Promise<void>;
  /** Detects whether the nodes have elected another primary themselves. */
  detectElection(roles: ReadonlyMap<ManagedNode, Role>): Promise<void>;
  /** If the primary is dead, promotes the replica with most of its writes, if there is one. */
  replaceDeadPrimary(this: void): Promise<void>;
  /** Makes the node a replica of the primary. */
  follow(node: ManagedNode): Promise<void>;
  /** Makes the primary hand over to a replica for which `may` is true. Returns the former primary. */
  handOver(may?: (node: ManagedNode) => boolean, options?: HandOverOptions): Promise<ManagedNode>;
}

export function createFailover(options: FailoverOptions): Failover {
  const { id, nodes, rank, replication, emit, log, closing } = options;
  let primary = options.primary;
  /** Replicas that have received a complete copy of the primary's data since they started, and so can replace it. */
  const copies = new Set<ManagedNode>();

  const candidates = (): ManagedNode[] => nodes.filter((node) => copies.has(node) && node.isRunning());
  const follow = (node: ManagedNode): Promise<void> => replication.follow(node, primary);

  async function takeOver(node: ManagedNode, message: string): Promise<void> {
    const formerId = primary.id;
    // First, because clients that find it write to it: the next start must begin with its data.
    await attempt('The new primary could not be stored', () => options.keepPrimary(node));
    primary = node;
    copies.delete(node);
    emit({ type: 'failover', shardId: id, nodeId: node.id, formerId, message });
    const others = nodes.filter((other) => other !== node && other.isRunning());
    // The next inspection corrects a node that fails to follow now.
    await Promise.all(
      others.map((other) => attempt(`${other.id} does not follow ${node.id} yet`, () => follow(other))),
    );
  }

  async function attempt(failure: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (cause) {
      if (!closing.aborted) log.error({ err: cause, shard: id }, failure);
    }
  }

  async function replaceDeadPrimary(): Promise<void> {
    if (primary.isRunning() || options.isRebooting(primary) || closing.aborted) return;
    const replies = candidates().map(async (node) => ({ node, offset: await offsetOf(node).catch(() => -1) }));
    const offsets = (await Promise.all(replies)).filter(({ offset }) => offset >= 0);
    const [best] = offsets.sort((a, b) => b.offset - a.offset);
    if (!best) return;
    const dead = primary;
    await replication.promote(best.node);
    await takeOver(best.node, `Node ${best.node.id} took over from ${dead.id}, which was down.`);
  }

  return {
    primary: () => primary,
    recordRole(node, role) {
      const inSync = role.role === 'replica' && role.inSync && role.of === primary.port;
      if (inSync && node !== primary) copies.add(node);
      return inSync || node === primary;
    },
    lost: (node) => void copies.delete(node),
    async begin(roles) {
      const leader = await replication.findPrimary(roles, primary);
      if (roles.has(leader)) {
        primary = leader;
        return;
      }
      const [next] = rank([...roles.keys()]);
      if (!next) throw new Error(`No node of shard ${id} has started with its data.`);
      await replication.promote(next);
      const message = `Node ${next.id} took over from ${leader.id}, whose data could not be loaded.`;
      await takeOver(next, message);
    },
    async detectElection(roles) {
      const leader = await replication.findPrimary(roles, primary);
      if (leader !== primary) await takeOver(leader, `Node ${leader.id} was elected primary.`);
    },
    replaceDeadPrimary,
    follow,
    async handOver(may = () => true, { isPlanned = false } = {}) {
      await replaceDeadPrimary();
      const from = primary;
      const [to] = candidates().filter(may);
      if (!to) throw new ExpectedFailure('INVALID_STATE', `Shard ${id} has no replica in sync that could take over.`);
      // Writes are blocked while the replica receives the last ones.
      if (isPlanned) await waitUntil(async () => (await lagOf(from, to)) < smallLag, closing, lagTimeoutMs);
      await replication.handOver(from, to, closing, isPlanned);
      await takeOver(to, `Node ${to.id} took over from ${from.id}, as requested.`);
      if (isPlanned) {
        await attempt(`Clients of ${from.id} could not be moved`, () => replication.drain(from, closing));
        await attempt(`${from.id} does not follow ${to.id} yet`, () => follow(from));
      }
      // Its clients find the new primary only when they reconnect.
      await attempt(`Clients of ${from.id} could not be disconnected`, async () => {
        await from.command('CLIENT', 'KILL', 'TYPE', 'normal');
      });
      return from;
    },
  };
}
