import { join } from 'node:path';
import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import type { GroupSpec, NodeEvent, RunningGroup } from '../interfaces.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { servesAllSlots } from '../replication/clustered.js';
import { waitUntil } from '../replication/replication.js';
import { nodesOf, type RunningShard, type ScalingStep } from '../scaling/scalable-group.js';
import { createScaling } from '../scaling/scaling.js';
import { restoreData } from '../snapshots/restore-data.js';
import { createTemporaryNodes } from '../snapshots/temporary-nodes.js';
import { createSerial } from '../../../runtime/serial.js';
import { createInspections } from './inspections.js';
import { writeLayout, type Layout } from './layout.js';
import { createLayoutWriter } from './layout-writer.js';
import { createLiveSettings } from './live-settings.js';
import { nodesWithData } from '../data/node-data.js';
import { createNodeFactory, prepareNodes, type NodesEnvironment } from './prepare-nodes.js';
import { createNodeEventEmitter } from './node-event-emitter.js';
import { createNodeUsers } from './node-users.js';
import { createOpenShard } from './open-shard.js';
import { createRunningGroup } from './running-group.js';

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
  /** How long a move of slots may make no progress before it fails; default a minute. */
  readonly movePatienceMs?: number | undefined;
}

const slotTimeoutMs = 30_000;

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
  const withData = await nodesWithData([...nodes.values()]);
  const closing = new AbortController();
  const nodeUsers = createNodeUsers(spec.users, log);
  const events = createNodeEventEmitter(spec.id, log);
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
    inspections.inspectSoon();
    events.emit(event);
  };
  const layoutWriter = createLayoutWriter(layout, (next) => writeLayout(directory, next), log);
  const shards: RunningShard[] = [];
  const shared = {
    ...{ clusterMode: spec.clusterMode, shards, emit, log, closing: closing.signal },
    migrating: new Set<ManagedNode>(),
    changeOwners: createSerial(),
  };
  const openShard = createOpenShard({
    ...{ ...shared, layoutWriter, settings, nodeUsers, rebootLimitMs: environment.rebootLimitMs },
    progress: layout.progress ?? {},
    withData: (spec.hasRun ?? withData.size > 0) ? withData : undefined,
  });
  for (const { id, slots, nodes: specs } of spec.shards) {
    const own = specs.flatMap((node) => nodes.get(node.id) ?? []);
    const primary = own.find((node) => node.id === layout.primaries[id]) ?? own[0];
    if (!primary) throw new Error(`Shard ${id} of ${spec.id} has no node.`);
    shards.push(openShard({ id, slots, nodes: own, primary }));
  }
  const all = (): ManagedNode[] => nodesOf({ shards });
  /** Stops all nodes. @returns those that ended cleanly */
  const stop = async (): Promise<ReadonlySet<ManagedNode>> => {
    closing.abort();
    const ended = await Promise.all(all().map(async (node) => ((await node.stop()) ? [node] : [])));
    return new Set(ended.flat());
  };
  const scaling = createScaling({
    ...{ ...shared, id: spec.id, tls: spec.tls, directory, host: environment.host, factory, openShard },
    takePorts: environment.takePorts,
    changeLayout: async (update) => {
      environment.keepPorts(await layoutWriter.change(update));
    },
    forgetUsers: (node) => nodeUsers.forget(node),
    onStep: environment.onScalingStep,
    movePatienceMs: environment.movePatienceMs,
  });

  try {
    await runAllOrAbort(shards, signal, ({ shard }, either) => shard.start(either));
    if (spec.clusterMode && !(await waitUntil(() => allServeAllSlots(all()), signal, slotTimeoutMs))) {
      throw new Error(`The nodes of ${spec.id} did not agree on their slots.`);
    }
  } catch (cause) {
    await stop();
    throw cause;
  }

  inspections.start();
  // An earlier run may have ended after a change was given up.
  scaling.closeSlotsSoon();
  const stopAndKeepFiles = async (): Promise<void> => {
    inspections.stop();
    closing.abort();
    // Nodes that are being added are stopped by their own task.
    await scaling.settled();
    const ended = await stop();
    await Promise.all(shards.map(({ shard }) => shard.keepFiles(ended)));
  };
  let closed: Promise<void> | undefined;
  return createRunningGroup({
    ...{ id: spec.id, directory, shards, settings, nodeUsers, scaling, onEvent: events.onEvent },
    inspectSoon: inspections.inspectSoon,
    close: () => (closed ??= stopAndKeepFiles()),
    closing: closing.signal,
  });
}

async function allServeAllSlots(nodes: readonly ManagedNode[]): Promise<boolean> {
  const running = nodes.filter((node) => node.isRunning());
  return (await Promise.all(running.map(servesAllSlots))).every(Boolean);
}
