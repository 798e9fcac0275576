import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import type { NodeEvent, NodeState } from '../ports.js';
import { allOrNone } from '../process/all-or-none.js';
import { createSerial } from '../process/serial.js';
import { offsetOf, roleOf, waitUntil, type Replication } from '../replication/replication.js';
import type { Role } from '../role.js';
import { createRestarts } from './restarts.js';

export interface ShardOptions {
  readonly id: string;
  readonly nodes: readonly ManagedNode[];
  readonly primary: ManagedNode;
  readonly replication: Replication;
  /** Gives a node that has its role its users. */
  equip(this: void, node: ManagedNode): Promise<void>;
  /** Called when the primary has changed, before the event is told. */
  keepPrimary(this: void, node: ManagedNode): Promise<void>;
  tell(this: void, event: NodeEvent): void;
  readonly log: Logger;
  /** Aborted when the group closes: nothing is restarted any more. */
  readonly closing: AbortSignal;
}

/** The nodes of one shard, kept running with one of them as primary. */
export interface Shard {
  /** Starts all nodes, gives them their roles and users, and resolves when replicas are in sync. */
  start(signal: AbortSignal): Promise<void>;
  states(): NodeState[];
  /** Looks at every node: what changed is told, what is wrong is set right. */
  inspect(): Promise<void>;
  failover(): Promise<void>;
}

/** After so many unanswered looks in so long a time a node counts as frozen. */
const missesUntilKilled = 3;
const silenceUntilKilledMs = 4_000;
const syncPatienceMs = 60_000;

export function createShard(options: ShardOptions): Shard {
  const { id, nodes, replication, equip, tell, log, closing } = options;
  let primary = options.primary;
  const health = new Map<ManagedNode, NodeState['health']>(nodes.map((node) => [node, 'starting']));
  /** Replicas that have had a whole copy of the primary's data since they started: those that can succeed it. */
  const copies = new Set<ManagedNode>();
  /** Nodes that have their role and their users. */
  const joined = new Set<ManagedNode>();
  /** Nodes that were restarted and are not yet in sync. */
  const returning = new Set<ManagedNode>();
  /** Nodes whose process has answered once since it started. */
  const listening = new Set<ManagedNode>();
  /** When a node first left a look unanswered, and how many it has left since. */
  const misses = new Map<ManagedNode, { readonly since: number; readonly count: number }>();
  const restarts = createRestarts<ManagedNode>();
  // Whatever changes roles runs in turn, so that an exit, a failover and a look never work against each other.
  const inTurn = createSerial();

  const others = (node: ManagedNode): ManagedNode[] => nodes.filter((other) => other !== node && other.isRunning());
  const reportFailure = (what: string, cause: unknown): void => {
    if (!closing.aborted) log.error({ err: cause, shard: id }, what);
  };

  async function takeOver(node: ManagedNode, message: string): Promise<void> {
    primary = node;
    copies.delete(node);
    health.set(node, 'available');
    await options.keepPrimary(node);
    tell({ type: 'failover', shardId: id, nodeId: node.id, message });
  }

  /** Promotes the replica that has most of a dead primary's writes, where there is one. */
  async function succeed(): Promise<void> {
    if (primary.isRunning() || closing.aborted) return;
    const asked = nodes.filter((node) => copies.has(node) && node.isRunning());
    const offsets = await Promise.all(
      asked.map(async (node) => ({
        node,
        offset: await offsetOf(node).catch(() => -1),
      })),
    );
    const [best] = offsets.filter(({ offset }) => offset >= 0).sort((a, b) => b.offset - a.offset);
    if (!best) return;
    const dead = primary;
    await replication.promote(best.node);
    await takeOver(best.node, `Node ${best.node.id} took over from ${dead.id}, which was down.`);
    await Promise.all(others(best.node).map((node) => replication.follow(node, best.node)));
  }

  async function onEnd(node: ManagedNode, how: string): Promise<void> {
    if (closing.aborted) return;
    const wait = restarts.ended(node);
    health.set(node, 'down');
    listening.delete(node);
    misses.delete(node);
    copies.delete(node);
    joined.delete(node);
    returning.delete(node);
    tell({ type: 'node-down', nodeId: node.id, message: `Node ${node.id} ended unexpectedly (${how}).` });
    void inTurn(succeed).catch((cause: unknown) => reportFailure('No replica could take over', cause));
    await delay(wait, undefined, { signal: closing });
    await bringUp(node);
  }

  /** A start that fails is an end like any other: tried again, later each time. */
  function watch(node: ManagedNode, ended: Promise<string>): void {
    listening.add(node);
    ended
      .then((how) => onEnd(node, how))
      .catch((cause: unknown) => {
        if (closing.aborted) return;
        reportFailure(`Node ${node.id} could not be restarted`, cause);
        if (!node.isRunning()) watch(node, Promise.resolve('its restart failed'));
      });
  }

  async function bringUp(node: ManagedNode): Promise<void> {
    health.set(node, 'starting');
    restarts.started(node);
    const { ended } = await node.start(closing);
    returning.add(node);
    watch(node, ended);
    await inTurn(() => join(node));
  }

  /** A node that runs gets its role, then its users: no client may write to a former primary meanwhile. */
  async function join(node: ManagedNode): Promise<void> {
    if (!node.isRunning()) return;
    if (node !== primary) await succeed();
    if (node !== primary) await replication.follow(node, primary);
    await equip(node);
    joined.add(node);
    note(node, await roleOf(node));
  }

  function note(node: ManagedNode, role: Role): void {
    misses.delete(node);
    const usable = node === primary || (role.role === 'replica' && role.inSync && role.of === primary.port);
    if (usable && node !== primary) copies.add(node);
    health.set(node, usable ? 'available' : 'starting');
    if (!usable || !returning.delete(node)) return;
    tell({ type: 'node-restarted', nodeId: node.id, message: `Node ${node.id} is running again.` });
  }

  /** A node that does not answer: an error reply (loading, a script that runs long) is an answer. */
  function miss(node: ManagedNode): void {
    const { since, count } = misses.get(node) ?? { since: performance.now(), count: 0 };
    misses.set(node, { since, count: count + 1 });
    if (count + 1 < missesUntilKilled || performance.now() - since < silenceUntilKilledMs) return;
    log.warn({ node: node.id }, 'A node does not answer: it is ended and started again');
    node.kill();
  }

  async function look(node: ManagedNode): Promise<Role | undefined> {
    if (!node.isRunning() || !listening.has(node)) return undefined;
    try {
      return await roleOf(node);
    } catch (cause) {
      if (isSilence(cause) && node.isRunning()) miss(node);
      return undefined;
    }
  }

  async function rolesNow(): Promise<Map<ManagedNode, Role>> {
    const seen = await Promise.all(nodes.map(async (node) => [node, await look(node)] as const));
    return new Map(seen.flatMap(([node, role]) => (role ? [[node, role] as const] : [])));
  }

  async function setRight(): Promise<void> {
    const roles = await rolesNow();
    const leader = await replication.recognise(roles, primary);
    if (leader !== primary) await takeOver(leader, `Node ${leader.id} was elected primary.`);
    await succeed();
    for (const [node, role] of roles) {
      if (!joined.has(node)) await join(node);
      note(node, role);
    }
  }

  return {
    async start(signal) {
      // Every process starts at once; a replica follows when its primary is there to answer.
      const launched = await allOrNone(nodes, signal, async (node, either) => {
        const { ended } = await node.start(either);
        return { node, ended };
      });
      for (const { node, ended } of launched) {
        restarts.started(node);
        watch(node, ended);
      }
      primary = await replication.recognise(await rolesNow(), primary);
      await Promise.all(nodes.map((node) => inTurn(() => join(node))));
      const inSync = async (): Promise<boolean> => {
        for (const node of nodes) note(node, await roleOf(node));
        return nodes.every((node) => health.get(node) === 'available');
      };
      if (!(await waitUntil(inSync, signal, syncPatienceMs))) throw new Error(`Shard ${id} did not get in sync.`);
    },

    states: () =>
      nodes.map((node) => ({
        id: node.id,
        host: node.host,
        port: node.port,
        role: node === primary ? 'primary' : 'replica',
        health: node.isRunning() ? (health.get(node) ?? 'starting') : 'down',
      })),

    inspect: () => inTurn(setRight),

    failover: () =>
      inTurn(async () => {
        await succeed();
        const from = primary;
        const [to] = nodes.filter((node) => copies.has(node) && node.isRunning());
        if (!to) {
          throw new ExpectedFailure('INVALID_STATE', `Shard ${id} has no replica in sync that could take over.`);
        }
        await replication.handOver(from, to, closing);
        await takeOver(to, `Node ${to.id} took over from ${from.id}, as asked.`);
        await Promise.all(others(to).map((node) => replication.follow(node, to)));
        // Clients of the old primary find the new one only when they connect again.
        if (from.isRunning()) await from.command('CLIENT', 'KILL', 'TYPE', 'normal');
        const follows = async (): Promise<boolean> => {
          const role = await roleOf(from);
          note(from, role);
          return health.get(from) === 'available';
        };
        await waitUntil(async () => !from.isRunning() || (await follows()), closing, 10_000);
      }),
  };
}

function isSilence(cause: unknown): boolean {
  return !(cause instanceof Error && /^(?:LOADING|BUSY|MASTERDOWN|NOAUTH|NOPERM|WRONGPASS|ERR)\b/.test(cause.message));
}
