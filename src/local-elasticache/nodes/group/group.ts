import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Logger } from '../../../telemetry/log.js';
import type { ValkeyBinary } from '../binary/examine.js';
import { renderNodesConf } from '../cluster/nodes-conf.js';
import { renderConfig, type TlsFiles } from '../config.js';
import { createNode, type ManagedNode } from '../node.js';
import type { GroupSpec, NodeEvent, RunningGroup } from '../ports.js';
import { allOrNone } from '../process/all-or-none.js';
import { clustered, servesAllSlots } from '../replication/clustered.js';
import { waitUntil } from '../replication/replication.js';
import { standalone } from '../replication/standalone.js';
import type { AuthorityStore } from '../tls/authority-store.js';
import { createInspections } from './inspections.js';
import { writeLayout, type Layout } from './layout.js';
import { createLayoutKeeper } from './layout-keeper.js';
import { createLiveSettings } from './live-settings.js';
import { hasData } from './node-data.js';
import { planMembers } from './plan.js';
import { createProgressRecord } from './progress.js';
import { createShard, type Shard } from './shard.js';
import { createUserRoll } from './user-roll.js';

export interface GroupEnvironment {
  /** The group's own folder. */
  readonly directory: string;
  readonly host: string;
  readonly binary: ValkeyBinary;
  readonly authority: AuthorityStore;
  readonly log: Logger;
}

const slotPatienceMs = 30_000;

/** Starts the group's processes as the layout says. Rejects, with no process left, where they do not become ready. */
export async function startGroup(
  spec: GroupSpec,
  layout: Layout,
  /** Whether its nodes or their ports are others than in the last run. */
  isNew: boolean,
  environment: GroupEnvironment,
  signal: AbortSignal,
): Promise<RunningGroup> {
  const { directory, log } = environment;
  const nodes = await prepareNodes(spec, layout, isNew, environment);
  const found = await Promise.all(
    [...nodes.values()].map(async (node) => ((await hasData(node.directory)) ? [node] : [])),
  );
  const withData = new Set(found.flat());
  const hasRun = spec.hasRun ?? withData.size > 0;
  const closing = new AbortController();
  const roll = createUserRoll(spec.users, log);
  const settings = createLiveSettings();
  const listeners = new Set<(event: NodeEvent) => void>();
  /** What happened before anybody could listen. */
  const early: NodeEvent[] = [];
  const inspections = createInspections({
    async inspect() {
      const [sights] = await Promise.all([Promise.all(shards.map((shard) => shard.inspect())), roll.equipAll(all)]);
      return sights;
    },
    isWhole: () => shards.every((shard) => shard.states().every(({ health }) => health === 'available')),
    onFailure(cause) {
      if (!closing.signal.aborted) log.error({ err: cause, group: spec.id }, 'Nodes could not be looked after');
    },
  });
  const tell = (event: NodeEvent): void => {
    log.info({ group: spec.id, event }, event.message);
    inspections.soon();
    if (listeners.size === 0) early.push(event);
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (cause) {
        log.error({ err: cause }, 'A listener of node events failed');
      }
    }
  };
  const keeper = createLayoutKeeper(layout, (next) => writeLayout(directory, next), log);
  const shards = spec.shards.map(({ id, nodes: specs }): Shard => {
    const own = specs.flatMap((node) => nodes.get(node.id) ?? []);
    const primary = own.find((node) => node.id === layout.primaries[id]) ?? own[0];
    if (!primary) throw new Error(`Shard ${id} of ${spec.id} has no node.`);
    return createShard({
      id,
      nodes: own,
      primary,
      withData: hasRun ? withData : undefined,
      progress: createProgressRecord(
        layout.progress ?? {},
        own.map((node) => node.id),
      ),
      keepProgress: (progress) => keeper.keepUp(progress),
      setProgress: (progress) => keeper.setProgress(progress),
      replication: spec.clusterMode ? clustered(closing.signal) : standalone,
      async equip(node) {
        await settings.equip(node);
        await roll.equip(node);
      },
      keepPrimary: (node) => keeper.setPrimary(id, node.id),
      tell,
      log,
      closing: closing.signal,
    });
  });
  const all = [...nodes.values()];
  const stop = async (): Promise<void> => {
    closing.abort();
    await Promise.all(all.map((node) => node.stop()));
  };

  try {
    await allOrNone(shards, signal, (shard, either) => shard.start(either));
    const served = async (): Promise<boolean> =>
      (await Promise.all(all.filter((node) => node.isRunning()).map(servesAllSlots))).every(Boolean);
    if (spec.clusterMode && !(await waitUntil(served, signal, slotPatienceMs))) {
      throw new Error(`The nodes of ${spec.id} did not agree on their slots.`);
    }
  } catch (cause) {
    await stop();
    throw cause;
  }

  inspections.start();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    inspections.stop();
    return (closed ??= stop());
  };
  return {
    topology: () => ({
      shards: spec.shards.map(({ id, slots }, index) => ({ id, slots, nodes: shards[index]?.states() ?? [] })),
    }),
    async applyUsers(users) {
      roll.replace(users);
      inspections.soon();
      await roll.equipAll(all);
    },
    refusedUsers: roll.refused,
    applySettings(changed) {
      inspections.soon();
      return settings.apply(changed, all);
    },
    failover(shardId) {
      inspections.soon();
      const shard = shards[spec.shards.findIndex(({ id }) => id === shardId)];
      return shard ? shard.failover() : Promise.reject(new Error(`${spec.id} has no shard ${shardId}.`));
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

/** Makes the nodes' folders and what they start from. */
async function prepareNodes(
  spec: GroupSpec,
  layout: Layout,
  isNew: boolean,
  { directory, host, binary, authority }: GroupEnvironment,
): Promise<Map<string, ManagedNode>> {
  const tls: TlsFiles | undefined = spec.tls ? await authority.issue(join(directory, 'tls'), host) : undefined;
  const ca = spec.tls ? await authority.certificate() : undefined;
  // Another name each time too, so that no user of the group can ever bear it.
  const administrator = {
    username: `cachegraph-${randomBytes(8).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  };
  const members = spec.clusterMode ? planMembers(spec, layout, host) : [];
  const nodes = Object.entries(layout.nodes).map(async ([id, { port, busPort }]) => {
    const own = join(directory, id);
    await mkdir(own, { recursive: true, mode: 0o700 });
    const known = join(own, 'nodes.conf');
    // Valkey's own file knows best, e.g. who was elected; it stands as long as the nodes and their ports do.
    if (spec.clusterMode && (isNew || !(await exists(known)))) {
      await writeFile(known, renderNodesConf(directory, members, id), { mode: 0o600 });
    }
    const config = renderConfig({ host, port, busPort, directory: own, tls, administrator, settings: spec.settings });
    return [id, createNode({ id, host, port, directory: own, binary, administrator, ca, config })] as const;
  });
  return new Map(await Promise.all(nodes));
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
