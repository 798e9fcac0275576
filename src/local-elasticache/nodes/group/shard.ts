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
import { createSilence, isUnanswered } from './silence.js';

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
  const silence = createSilence<ManagedNode>();
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
    await options
      .keepPrimary(node)
      .catch((cause: unknown) => reportFailure('The new primary could not be noted', cause));
    tell({ type: 'failover', shardId: id, nodeId: node.id, message });
    await Promise.all(others(node).map(follow));
  }

  /** Where it fails now, the next look does it. */
  async function follow(node: ManagedNode): Promise<void> {
    try {
      await replication.follow(node, primary);
    } catch (cause) {
      reportFailure(`Node ${node.id} does not follow ${primary.id} yet`, cause);
    }
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
  }

  async function onEnd(node: ManagedNode, how: string): Promise<void> {
    if (closing.aborted) return;
    const wait = restarts.ended(node);
    health.set(node, 'down');
    listening.delete(node);
    silence.broken(node);
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
    await isAvailable(node);
  }

  /** Asks the node, and notes and tells what is new. */
  async function isAvailable(node: ManagedNode): Promise<boolean> {
    return note(node, await roleOf(node), await replication.serves(node));
  }

  function note(node: ManagedNode, role: Role, serves: boolean): boolean {
    silence.broken(node);
    const inSync = role.role === 'replica' && role.inSync && role.of === primary.port;
    if (inSync && node !== primary) copies.add(node);
    const usable = serves && (inSync || node === primary);
    health.set(node, usable ? 'available' : 'starting');
    if (usable && returning.delete(node)) tellReturn(node);
    return usable;
  }

  function tellReturn(node: ManagedNode): void {
    tell({ type: 'node-restarted', nodeId: node.id, message: `Node ${node.id} is running again.` });
  }

  async function look(node: ManagedNode): Promise<Role | undefined> {
    if (!node.isRunning() || !listening.has(node)) return undefined;
    try {
      return await roleOf(node);
    } catch (cause) {
      if (!isUnanswered(cause) || !node.isRunning() || !silence.missed(node)) return undefined;
      log.warn({ node: node.id }, 'A node does not answer: it is ended and started again');
      node.kill();
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
    await Promise.all([...roles].map(([node, role]) => setNodeRight(node, role)));
  }

  async function setNodeRight(node: ManagedNode, role: Role): Promise<void> {
    try {
      const strays = node !== primary && (role.role === 'primary' || role.of !== primary.port);
      if (!joined.has(node)) await join(node);
      else if (strays) await follow(node);
      await isAvailable(node);
    } catch (cause) {
      // One that ended meanwhile is seen by its end.
      if (node.isRunning()) reportFailure(`Node ${node.id} could not be set right`, cause);
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
      const allAvailable = async (): Promise<boolean> => (await Promise.all(nodes.map(isAvailable))).every(Boolean);
      if (!(await waitUntil(allAvailable, signal, syncPatienceMs))) throw new Error(`Shard ${id} did not get in sync.`);
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
        // Clients of the old primary find the new one only when they connect again.
        await from
          .command('CLIENT', 'KILL', 'TYPE', 'normal')
          .catch((cause: unknown) => reportFailure(`Clients of ${from.id} could not be cut`, cause));
        const settled = async (): Promise<boolean> => !from.isRunning() || (await isAvailable(from));
        await waitUntil(settled, closing, 10_000);
      }),
  };
}
