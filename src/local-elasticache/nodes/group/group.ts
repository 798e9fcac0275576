import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import type { GroupSpec, NodeEvent, RunningGroup } from '../interfaces.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { clustered, servesAllSlots } from '../replication/clustered.js';
import { waitUntil } from '../replication/replication.js';
import { standalone } from '../replication/standalone.js';
import type { RunningShard, ScalableGroup, ScalingStep } from '../scaling/scalable-group.js';
import { createScaling } from '../scaling/scaling.js';
import { whenAware } from '../scaling/slot-owners.js';
import { restoreData } from '../snapshots/restore-data.js';
import { createTemporaryNodes } from '../snapshots/temporary-nodes.js';
import { createSerial } from '../../../runtime/serial.js';
import { createInspections } from './inspections.js';
import { writeLayout, type Layout } from './layout.js';
import { createLayoutWriter } from './layout-writer.js';
import { createLiveSettings } from './live-settings.js';
import { hasData } from '../data/node-data.js';
import { mostUsedMemory } from './used-memory.js';
import { createNodeFactory, prepareNodes, type NodesEnvironment } from './prepare-nodes.js';
import { createProgressRecord } from '../data/progress.js';
import { requireDatabases } from './required-databases.js';
import { createShard } from './shard.js';
import { createNodeUsers } from './node-users.js';

export interface GroupEnvironment extends NodesEnvironment {
  readonly log: Logger;
  /** Chooses free ports for new nodes. No node of another group receives them meanwhile. */
  takePorts(this: void, count: number): Promise<number[]>;
  /** Reserves the ports of the layout, after nodes were added or removed, instead of those before. */
  keepPorts(this: void, layout: Layout): void;
  /** Called before each step of a change of the nodes. Tests interrupt the change there. */
  readonly onScalingStep?: ((this: void, step: ScalingStep) => Promise<void> | void) | undefined;
  /** How long a rebooted node may take to serve after its process has started. */
  readonly rebootLimitMs?: number | undefined;
}

const slotTimeoutMs = 30_000;
const announceMs = 1_500;

/**
 * Starts the group's processes as planned in the layout. If they do not become ready, rejects and leaves no process
 * running.
 */
export async function startGroup(
  spec: GroupSpec,
  layout: Layout,
  /** Whether the nodes or their ports differ from the last run. */
  isNew: boolean,
  environment: GroupEnvironment,
  signal: AbortSignal,
): Promise<RunningGroup> {
  const { directory, log } = environment;
  const settings = createLiveSettings(spec.settings, environment.binary);
  const factory = await createNodeFactory(spec, settings, environment);
  const nodes = await prepareNodes(spec, layout, isNew, environment, factory);
  if (spec.restore) {
    const primaryFolder = (shardId: string): string => join(directory, layout.primaries[shardId] ?? '');
    const temporary = createTemporaryNodes(environment.binary, environment.host);
    await restoreData(spec, spec.restore, primaryFolder, join(directory, 'restore'), temporary, signal);
  }
  const found = await Promise.all(
    [...nodes.values()].map(async (node) => ((await hasData(node.directory)) ? [node] : [])),
  );
  const withData = new Set(found.flat());
  const hasRun = spec.hasRun ?? withData.size > 0;
  const closing = new AbortController();
  const nodeUsers = createNodeUsers(spec.users, log);
  const listeners = new Set<(event: NodeEvent) => void>();
  /** Events before the first listener. */
  const early: NodeEvent[] = [];
  const inspections = createInspections({
    async inspect() {
      const [observations] = await Promise.all([
        Promise.all(shards.map(({ shard }) => shard.inspect())),
        nodeUsers.applyUsersToAll(all()),
      ]);
      return observations;
    },
    isHealthy: () => shards.every(({ shard }) => shard.states().every(({ health }) => health === 'available')),
    onFailure(cause) {
      if (!closing.signal.aborted) log.error({ err: cause, group: spec.id }, 'Nodes could not be inspected');
    },
  });
  const emit = (event: NodeEvent): void => {
    log.info({ group: spec.id, event }, event.message);
    inspections.inspectSoon();
    if (listeners.size === 0) early.push(event);
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (cause) {
        log.error({ err: cause }, 'A listener of node events failed');
      }
    }
  };
  const layoutWriter = createLayoutWriter(layout, (next) => writeLayout(directory, next), log);
  const migrating = new Set<ManagedNode>();
  const shards: RunningShard[] = [];
  const changeOwners = createSerial();
  // A replica that takes over claims the slots that its primary had, as far as it knows. It would win those that another
  // shard has just received, and that shard would delete their keys.
  const withStableOwners = (node: ManagedNode, takeOver: () => Promise<void>): Promise<void> =>
    changeOwners(async () => {
      await whenAware(shards, node, closing.signal);
      await takeOver();
    });
  const openShard: ScalableGroup['openShard'] = ({ id, slots, nodes: own, primary, isNew: startsNew }) => {
    const ending = new AbortController();
    const ended = AbortSignal.any([closing.signal, ending.signal]);
    const shard = createShard({
      id,
      nodes: own,
      primary,
      withData: hasRun && !startsNew ? withData : undefined,
      progress: createProgressRecord(
        layout.progress ?? {},
        own.map((node) => node.id),
      ),
      keepProgress: (progress) => layoutWriter.save(progress),
      setProgress: (progress) => layoutWriter.setProgress(progress),
      replication: spec.clusterMode ? clustered(ended, withStableOwners) : standalone,
      async applyUsers(node) {
        await settings.applyTo(node);
        await nodeUsers.applyUsers(node);
      },
      isOccupied: (node) => migrating.has(node),
      rebootLimitMs: environment.rebootLimitMs,
      keepPrimary: (node) => layoutWriter.setPrimary(id, node.id),
      emit,
      log,
      closing: ended,
    });
    return { id, slots, shard, end: () => ending.abort() };
  };
  for (const { id, slots, nodes: specs } of spec.shards) {
    const own = specs.flatMap((node) => nodes.get(node.id) ?? []);
    const primary = own.find((node) => node.id === layout.primaries[id]) ?? own[0];
    if (!primary) throw new Error(`Shard ${id} of ${spec.id} has no node.`);
    shards.push(openShard({ id, slots, nodes: own, primary }));
  }
  const all = (): ManagedNode[] => shards.flatMap(({ shard }) => shard.nodes());
  /** Stops all nodes. @returns those that ended cleanly */
  const stop = async (): Promise<ReadonlySet<ManagedNode>> => {
    closing.abort();
    const ended = await Promise.all(all().map(async (node) => ((await node.stop()) ? [node] : [])));
    return new Set(ended.flat());
  };
  const scaling = createScaling({
    id: spec.id,
    clusterMode: spec.clusterMode,
    tls: spec.tls,
    directory,
    host: environment.host,
    factory,
    takePorts: environment.takePorts,
    changeLayout: async (update) => {
      environment.keepPorts(await layoutWriter.change(update));
    },
    shards,
    openShard,
    forgetUsers: (node) => nodeUsers.forget(node),
    migrating,
    changeOwners,
    onStep: environment.onScalingStep,
    emit,
    log,
    closing: closing.signal,
  });

  try {
    await runAllOrAbort(shards, signal, ({ shard }, either) => shard.start(either));
    const served = async (): Promise<boolean> =>
      (
        await Promise.all(
          all()
            .filter((node) => node.isRunning())
            .map(servesAllSlots),
        )
      ).every(Boolean);
    if (spec.clusterMode && !(await waitUntil(served, signal, slotTimeoutMs))) {
      throw new Error(`The nodes of ${spec.id} did not agree on their slots.`);
    }
  } catch (cause) {
    await stop();
    throw cause;
  }

  inspections.start();
  const stopAndKeepFiles = async (): Promise<void> => {
    inspections.stop();
    closing.abort();
    // Nodes that are being added are stopped by their own task.
    await scaling.settled();
    const ended = await stop();
    await Promise.all(shards.map(({ shard }) => shard.keepFiles(ended)));
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= stopAndKeepFiles());
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
      inspections.inspectSoon();
      await nodeUsers.applyUsersToAll(all());
    },
    refusedUsers: nodeUsers.refused,
    applySettings(changed) {
      inspections.inspectSoon();
      return settings.apply(changed, all());
    },
    async reshape(target) {
      inspections.inspectSoon();
      await scaling.reshape(target);
    },
    async replaceNodes(replaced, target) {
      inspections.inspectSoon();
      const nodes = all().filter((node) => node.isRunning());
      // First, because a node that dies later starts with the new settings.
      await Promise.all(nodes.map((node) => requireDatabases(node, replaced, closing.signal)));
      settings.replace(replaced);
      const before = all().length;
      await scaling.reshape(target);
      // Clients that read the addresses of the nodes each second know the new ones before these take over.
      if (all().length > before) await delay(announceMs, undefined, { signal: closing.signal });
      await scaling.replaceNodes(settings);
    },
    usedMemory: () => mostUsedMemory(shards.map(({ id, shard }) => ({ id, nodes: shard.nodes() }))),
    async saveRdb({ nodeId, file }, saveSignal) {
      const node = all().find(({ id }) => id === nodeId);
      if (!node) throw new Error(`${spec.id} has no node ${nodeId}.`);
      return node.saveRdb(file, AbortSignal.any([saveSignal, closing.signal]));
    },
    async reboot(nodeId) {
      inspections.inspectSoon();
      for (const { shard } of shards) {
        const node = shard.nodes().find(({ id }) => id === nodeId);
        if (!node) continue;
        await requireDatabases(node, settings.ofNextStart(), closing.signal);
        return shard.reboot(node);
      }
      throw new Error(`${spec.id} has no node ${nodeId}.`);
    },
    async requireDatabases(databases) {
      await Promise.all(all().map((node) => requireDatabases(node, { databases }, closing.signal)));
    },
    failover(shardId, nodeId) {
      inspections.inspectSoon();
      const found = shards.find(({ id }) => id === shardId);
      if (!found) return Promise.reject(new Error(`${spec.id} has no shard ${shardId}.`));
      if (nodeId === undefined) return found.shard.failover();
      // Chosen by the user, rather than to test a failure: no write may be lost.
      return found.shard.failover(({ id }) => id === nodeId, { isPlanned: true });
    },
    onEvent(listener) {
      listeners.add(listener);
      for (const event of early.splice(0)) listener(event);
      return () => void listeners.delete(listener);
    },
    close,
    async destroy() {
      await close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
