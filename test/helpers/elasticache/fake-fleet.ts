import { writeFile } from 'node:fs/promises';
import type {
  GroupSpec,
  GroupTopology,
  NodeEvent,
  NodeFleet,
  NodeUser,
  RunningGroup,
} from '../../../src/local-elasticache/nodes/interfaces.js';

interface FakeGroup {
  spec: GroupSpec;
  users: readonly NodeUser[];
  settings: Readonly<Record<string, string>>;
  /** The bytes of a node's data; undefined if no node answers. */
  usedMemory: number | undefined;
  /** The number of databases up to the last one with keys. */
  usedDatabases: number;
  /** Whether a replacement of the nodes has begun. */
  isReplacing: boolean;
}

/** A fleet without processes. The test sees its calls and decides when they end. */
export interface FakeFleet extends NodeFleet {
  /** Running groups by ID: their spec, and the latest users and settings. */
  readonly running: ReadonlyMap<string, FakeGroup>;
  readonly forgotten: string[];
  /** Blocks starts and failovers until the returned function is called. */
  hold(): () => void;
  /** Blocks the checks before a change of the nodes until the returned function is called. */
  holdChecks(): () => void;
  /** The error of the next start, snapshot or replacement, or of other changes of the nodes until then. */
  failNextStart(message: string): void;
  /** The error of all changes of the number of nodes from now on. */
  failReshapes(message: string): void;
  /** Notifies the listeners of a group. */
  emit(groupId: string, event: NodeEvent): void;
}

export function createFakeFleet(): FakeFleet {
  const running = new Map<string, FakeGroup>();
  const listeners = new Map<string, Set<(event: NodeEvent) => void>>();
  const forgotten: string[] = [];
  let gate = Promise.resolve();
  let checks = Promise.resolve();
  let failure: string | undefined;
  let reshapeFailure: string | undefined;
  let nextPort = 30_001;

  const start = async (spec: GroupSpec, signal?: AbortSignal): Promise<RunningGroup> => {
    await Promise.race([gate, aborted(signal)]);
    signal?.throwIfAborted();
    if (failure !== undefined) {
      const message = failure;
      failure = undefined;
      throw new Error(message);
    }
    const group: FakeGroup = {
      spec,
      users: spec.users,
      settings: spec.settings,
      usedMemory: 1_000_000,
      usedDatabases: 1,
      isReplacing: false,
    };
    running.set(spec.id, group);
    listeners.set(spec.id, new Set());
    const primaries = new Map(spec.shards.map(({ id, nodes }) => [id, nodes[0]!.id]));
    const ports = new Map(spec.shards.flatMap(({ nodes }) => nodes.map(({ id, port }) => [id, port ?? nextPort++])));
    const ending = new AbortController();
    const end = (): Promise<void> => {
      ending.abort();
      running.delete(spec.id);
      return Promise.resolve();
    };
    return {
      topology: () => topology(group.spec, primaries, ports),
      async applyUsers(users) {
        await gate;
        group.users = users;
      },
      refusedUsers: () => [],
      applySettings(settings) {
        group.settings = { ...group.settings, ...settings };
        return Promise.resolve();
      },
      async saveRdb({ nodeId, file }, saveSignal) {
        saveSignal.throwIfAborted();
        await Promise.race([gate, aborted(AbortSignal.any([saveSignal]))]);
        saveSignal.throwIfAborted();
        if (failure !== undefined) {
          const message = failure;
          failure = undefined;
          throw new Error(message);
        }
        await writeFile(file, `REDIS0011 ${nodeId}`);
        return 10 + nodeId.length;
      },
      async reshape(shards) {
        await gate;
        if (reshapeFailure !== undefined) throw new Error(reshapeFailure);
        if (failure !== undefined) throw new Error(failure);
        for (const { id, nodes } of shards) {
          if (!primaries.has(id)) primaries.set(id, nodes[0]!.id);
          for (const node of nodes) if (!ports.has(node.id)) ports.set(node.id, nextPort++);
        }
        group.spec = { ...group.spec, shards };
      },
      async requireDatabases(databases) {
        await Promise.race([checks, aborted(ending.signal)]);
        ending.signal.throwIfAborted();
        if (Number(databases) < group.usedDatabases) throw new Error(`Keys are in ${group.usedDatabases} databases.`);
      },
      async reboot() {
        await gate;
        if (failure !== undefined) throw new Error(failure);
      },
      async replaceNodes(settings, shards) {
        group.isReplacing = true;
        await Promise.race([gate, aborted(ending.signal)]);
        ending.signal.throwIfAborted();
        group.spec = { ...group.spec, shards };
        for (const { nodes } of shards) {
          for (const node of nodes) if (!ports.has(node.id)) ports.set(node.id, nextPort++);
        }
        if (failure !== undefined) {
          const message = failure;
          failure = undefined;
          throw new Error(message);
        }
        group.settings = settings;
      },
      async usedMemory() {
        await Promise.race([checks, aborted(ending.signal)]);
        ending.signal.throwIfAborted();
        if (group.usedMemory === undefined) throw new Error('No node of shard 0001 answers.');
        return group.usedMemory;
      },
      async failover(shardId, nodeId) {
        await Promise.race([gate, aborted(ending.signal)]);
        ending.signal.throwIfAborted();
        if (failure !== undefined) throw new Error(failure);
        primaries.set(shardId, nodeId ?? spec.shards.find(({ id }) => id === shardId)!.nodes[1]!.id);
      },
      onEvent(listener) {
        listeners.get(spec.id)!.add(listener);
        return () => listeners.get(spec.id)?.delete(listener);
      },
      close: end,
      destroy: () => gate.then(end),
    };
  };

  return {
    start,
    running,
    forgotten,
    hold() {
      let release: () => void = () => undefined;
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
    holdChecks() {
      let release: () => void = () => undefined;
      checks = new Promise((resolve) => (release = resolve));
      return release;
    },
    failReshapes: (message) => (reshapeFailure = message),
    failNextStart: (message) => (failure = message),
    emit(groupId, event) {
      for (const listener of listeners.get(groupId) ?? []) listener(event);
    },
    forget(id) {
      forgotten.push(id);
      return Promise.resolve();
    },
    caCertificate: () => Promise.resolve('-----BEGIN CERTIFICATE-----\nfake\n-----END CERTIFICATE-----\n'),
    close: () => Promise.resolve(),
  };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
}

function topology(
  spec: GroupSpec,
  primaries: ReadonlyMap<string, string>,
  ports: ReadonlyMap<string, number>,
): GroupTopology {
  return {
    shards: spec.shards.map(({ id, slots, nodes }) => ({
      id,
      slots,
      nodes: nodes.map((node) => ({
        id: node.id,
        host: '127.0.0.1',
        port: ports.get(node.id)!,
        role: primaries.get(id) === node.id ? 'primary' : 'replica',
        health: 'available',
      })),
    })),
  };
}
