import { ExpectedFailure } from '../../../domain/errors.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import type { NodeEvent } from '../interfaces.js';
import { offsetOf, type Replication } from '../replication/replication.js';
import type { Role } from '../role.js';

export interface FailoverOptions {
  /** The shard's ID. */
  readonly id: string;
  readonly nodes: readonly ManagedNode[];
  readonly primary: ManagedNode;
  readonly replication: Replication;
  /** The nodes, those with the latest data first, as was seen before they stopped. */
  rank(this: void, nodes: readonly ManagedNode[]): ManagedNode[];
  /** Called when the primary has changed, before the event is told. */
  keepPrimary(this: void, node: ManagedNode): Promise<void>;
  emit(this: void, event: NodeEvent): void;
  readonly log: Logger;
  /** Aborted when the group closes. */
  readonly closing: AbortSignal;
}

/** Who of a shard's nodes is primary, and who may be next. Its methods that change that must be called one at a time. */
export interface Failover {
  primary(): ManagedNode;
  /** Takes note of what a node says; answers whether that is what its place in the shard asks. */
  note(node: ManagedNode, role: Role): boolean;
  /** The node's process has ended: its copy is no longer one to go on with. */
  lost(node: ManagedNode): void;
  /**
   * Before anything is told: who leads, given what the nodes say that have started with their data. The primary of before, if it is
   * among them; else the one with the latest data.
   */
  begin(roles: ReadonlyMap<ManagedNode, Role>): Promise<void>;
  /** Sees whether the nodes have elected another primary by themselves. */
  recognise(roles: ReadonlyMap<ManagedNode, Role>): Promise<void>;
  /** Where the primary is dead, promotes the replica that has most of its writes, if there is one. */
  promoteReplica(this: void): Promise<void>;
  /** Has the node follow the primary. */
  follow(node: ManagedNode): Promise<void>;
  /** Has the primary hand over to a replica; answers the former primary. */
  handOver(): Promise<ManagedNode>;
}

export function createFailover(options: FailoverOptions): Failover {
  const { id, nodes, rank, replication, emit, log, closing } = options;
  let primary = options.primary;
  /** Replicas that have had a whole copy of the primary's data since they started: those that can succeed it. */
  const copies = new Set<ManagedNode>();

  const candidates = (): ManagedNode[] => nodes.filter((node) => copies.has(node) && node.isRunning());
  const follow = (node: ManagedNode): Promise<void> => replication.follow(node, primary);

  async function takeOver(node: ManagedNode, message: string): Promise<void> {
    primary = node;
    copies.delete(node);
    await attempt('The new primary could not be noted', () => options.keepPrimary(node));
    emit({ type: 'failover', shardId: id, nodeId: node.id, message });
    const others = nodes.filter((other) => other !== node && other.isRunning());
    // One that fails to follow now is set right at the next look.
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

  async function succeed(): Promise<void> {
    if (primary.isRunning() || closing.aborted) return;
    const asked = candidates().map(async (node) => ({ node, offset: await offsetOf(node).catch(() => -1) }));
    const offsets = (await Promise.all(asked)).filter(({ offset }) => offset >= 0);
    const [best] = offsets.sort((a, b) => b.offset - a.offset);
    if (!best) return;
    const dead = primary;
    await replication.promote(best.node);
    await takeOver(best.node, `Node ${best.node.id} took over from ${dead.id}, which was down.`);
  }

  return {
    primary: () => primary,
    note(node, role) {
      const inSync = role.role === 'replica' && role.inSync && role.of === primary.port;
      if (inSync && node !== primary) copies.add(node);
      return inSync || node === primary;
    },
    lost: (node) => void copies.delete(node),
    async begin(roles) {
      const leader = await replication.recognise(roles, primary);
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
    async recognise(roles) {
      const leader = await replication.recognise(roles, primary);
      if (leader !== primary) await takeOver(leader, `Node ${leader.id} was elected primary.`);
    },
    promoteReplica: succeed,
    follow,
    async handOver() {
      await succeed();
      const from = primary;
      const [to] = candidates();
      if (!to) throw new ExpectedFailure('INVALID_STATE', `Shard ${id} has no replica in sync that could take over.`);
      await replication.handOver(from, to, closing);
      await takeOver(to, `Node ${to.id} took over from ${from.id}, as asked.`);
      // Its clients find the new one only when they connect again.
      await attempt(`Clients of ${from.id} could not be cut`, async () => {
        await from.command('CLIENT', 'KILL', 'TYPE', 'normal');
      });
      return from;
    },
  };
}
