import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningGroup } from '../interfaces.js';
import type { ManagedNode } from '../node.js';
import { nodesOf, type RunningShard } from '../scaling/scalable-group.js';
import type { Scaling } from '../scaling/scaling.js';
import type { LiveSettings } from './live-settings.js';
import type { NodeUsers } from './node-users.js';
import { requireDatabases } from './required-databases.js';
import { mostUsedMemory } from './used-memory.js';

interface RunningGroupParts {
  readonly id: string;
  readonly directory: string;
  /** The shards. This list grows and shrinks. */
  readonly shards: readonly RunningShard[];
  readonly settings: LiveSettings;
  readonly nodeUsers: NodeUsers;
  readonly scaling: Scaling;
  /** Shortens the pause before the next inspection: something is about to change. */
  inspectSoon(this: void): void;
  readonly onEvent: RunningGroup['onEvent'];
  readonly close: RunningGroup['close'];
  /** Aborted when the group closes. */
  readonly closing: AbortSignal;
}

/** How long clients may need to notice new nodes, before these take over. */
const announceMs = 1_500;

/** The operations on a group whose nodes have started. */
export function createRunningGroup(parts: RunningGroupParts): RunningGroup {
  const { id: groupId, shards, settings, nodeUsers, scaling, inspectSoon, closing, close } = parts;
  const all = (): ManagedNode[] => nodesOf({ shards });
  const requireNode = (nodeId: string): { node: ManagedNode; owner: RunningShard } => {
    for (const owner of shards) {
      const node = owner.shard.nodes().find(({ id }) => id === nodeId);
      if (node) return { node, owner };
    }
    throw new Error(`${groupId} has no node ${nodeId}.`);
  };
  return {
    topology: () => ({
      reshardingPercent: scaling.reshardingPercent(),
      shards: shards.map(({ id, slots, shard }) => ({
        id,
        slots,
        nodes: shard.states().map((state) => ({ ...state, needsReboot: settings.needsReboot(state.id) })),
      })),
    }),
    async applyUsers(users) {
      nodeUsers.replace(users);
      inspectSoon();
      await nodeUsers.applyUsersToAll(all());
    },
    refusedUsers: nodeUsers.refused,
    applySettings(changed) {
      inspectSoon();
      return settings.apply(changed, all());
    },
    async reshape(target) {
      inspectSoon();
      await scaling.reshape(target);
    },
    async replaceNodes(replaced, target) {
      inspectSoon();
      const nodes = all().filter((node) => node.isRunning());
      // First, because a node that dies later starts with the new settings.
      await Promise.all(nodes.map((node) => requireDatabases(node, replaced, closing)));
      settings.replace(replaced);
      const before = all().length;
      await scaling.reshape(target);
      // Clients that read the addresses of the nodes each second know the new ones before these take over.
      if (all().length > before) await delay(announceMs, undefined, { signal: closing });
      await scaling.replaceNodes(settings);
    },
    usedMemory: () => mostUsedMemory(shards.map(({ id, shard }) => ({ id, nodes: shard.nodes() }))),
    async saveRdb({ nodeId, file }, signal) {
      return requireNode(nodeId).node.saveRdb(file, AbortSignal.any([signal, closing]));
    },
    async reboot(nodeId) {
      inspectSoon();
      const { node, owner } = requireNode(nodeId);
      await requireDatabases(node, settings.ofNextStart(), closing);
      return owner.shard.reboot(node);
    },
    async requireDatabases(databases) {
      await Promise.all(all().map((node) => requireDatabases(node, { databases }, closing)));
    },
    async failover(shardId, nodeId) {
      inspectSoon();
      const found = shards.find(({ id }) => id === shardId);
      if (!found) throw new Error(`${groupId} has no shard ${shardId}.`);
      // A chosen replica takes over for the user's reasons, rather than to test a failure: no write may be lost.
      if (nodeId === undefined) await found.shard.failover();
      else await found.shard.failover(({ id }) => id === nodeId, { isPlanned: true });
    },
    onEvent: parts.onEvent,
    close,
    async destroy() {
      await close();
      await rm(parts.directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
