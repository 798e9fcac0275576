import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../telemetry/log.js';
import { localFiles } from '../local-files.js';
import type { ValkeyBinary } from './interfaces.js';
import { startGroup, type GroupEnvironment } from './group/group.js';
import { readLayout, writeLayout, type Layout } from './group/layout.js';
import { planLayout, portsOf } from './group/plan.js';
import { NodeFailed } from './node.js';
import { freePorts } from './process/ports.js';
import type { ScalingStep } from './scaling/scalable-group.js';
import { discardTransientNodes, onlyPlaced } from './scaling/transient-nodes.js';
import type { GroupSpec, NodeFleet, RunningGroup } from './interfaces.js';
import { pathExists } from '../../runtime/files/path-exists.js';
import { createSerial } from '../../runtime/serial.js';
import { createAuthorityStore } from './tls/authority-store.js';

export interface FleetOptions {
  /** The folder of all files: nodes store their data in `nodes/<group>/<node>`, the certificate authority in `tls`. */
  readonly dataDir: string;
  /** Called when the first group starts, and again if it failed. */
  provideBinary(this: void): Promise<ValkeyBinary>;
  readonly log: Logger;
  /** The address on which nodes listen; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Called before each step of a change of a group's nodes. Tests interrupt the change there. */
  readonly onScalingStep?: ((this: void, step: ScalingStep) => Promise<void> | void) | undefined;
  /** How long a rebooted node may take to serve after its process has started; default a minute. */
  readonly rebootLimitMs?: number | undefined;
  /** How long a move of slots may make no progress before it fails; default a minute. */
  readonly movePatienceMs?: number | undefined;
}

/** Attempts to start a group if another program takes a free port between the check and its use. */
const portAttempts = 3;

export function createNodeFleet(options: FleetOptions): NodeFleet {
  const { provideBinary, log, host = '127.0.0.1' } = options;
  // Absolute, because nodes run in their own folders.
  const dataDir = resolve(options.dataDir);
  const authority = createAuthorityStore(join(dataDir, localFiles.tls));
  const closing = new AbortController();
  const running = new Map<string, RunningGroup>();
  const starting = new Map<string, Promise<unknown>>();
  /**
   * Ports of groups that run, start, or have run and keep their data, so that they can start again with these ports. A check may
   * find them free.
   */
  const ports = new Map<string, readonly number[]>();
  // Two groups that start at the same time must not receive the same free port.
  const serially = createSerial();
  let provided: Promise<ValkeyBinary> | undefined;
  const binary = (): Promise<ValkeyBinary> => {
    provided ??= provideBinary().catch((cause: unknown) => {
      provided = undefined;
      throw cause;
    });
    return provided;
  };

  async function plan(spec: GroupSpec, stored: Layout | undefined, signal: AbortSignal): Promise<Layout> {
    const inUse = new Set([...ports].flatMap(([id, numbers]) => (id === spec.id ? [] : numbers)));
    const layout = await planLayout(spec, stored, host, inUse, signal);
    ports.set(spec.id, portsOf(layout));
    return layout;
  }

  async function takePorts(id: string, count: number): Promise<number[]> {
    const taken = await freePorts(host, count, new Set([...ports.values()].flat()));
    ports.set(id, [...(ports.get(id) ?? []), ...taken]);
    return taken;
  }

  async function start(given: GroupSpec, signal: AbortSignal): Promise<RunningGroup> {
    const directory = groupDirectory(dataDir, given.id);
    const environment: GroupEnvironment = {
      ...{ directory, host, authority, log, binary: await binary() },
      ...{ onScalingStep: options.onScalingStep, rebootLimitMs: options.rebootLimitMs },
      movePatienceMs: options.movePatienceMs,
      takePorts: (count) => serially(() => takePorts(given.id, count)),
      keepPorts: (layout) => void ports.set(given.id, portsOf(layout)),
    };
    const stored = await discardTransientNodes(directory, await readLayout(directory));
    const spec = given.isChanging && stored ? onlyPlaced(given, stored) : given;
    const isFresh = !(await pathExists(directory));
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      for (let attempt = 1; ; attempt += 1) {
        const layout = await serially(() => plan(spec, stored, signal));
        await writeLayout(directory, layout);
        try {
          return await startGroup(spec, layout, !isDeepStrictEqual(stored?.nodes, layout.nodes), environment, signal);
        } catch (cause) {
          const lostRace = isFresh && cause instanceof NodeFailed && cause.portInUse;
          if (!lostRace || attempt === portAttempts) throw cause;
          await rm(directory, { recursive: true, force: true });
          await mkdir(directory, { recursive: true, mode: 0o700 });
        }
      }
    } catch (cause) {
      // Removes only the folder that this start created: an existing one may hold data, and its nodes keep their ports.
      if (isFresh) {
        ports.delete(given.id);
        await rm(directory, { recursive: true, force: true });
      }
      throw cause;
    }
  }

  /** Registers a running group until its holder closes or destroys it. */
  function registered(id: string, group: RunningGroup): RunningGroup {
    const ending = async (end: () => Promise<void>): Promise<void> => {
      await end();
      if (running.get(id) !== handle) return;
      running.delete(id);
    };
    const handle: RunningGroup = {
      ...group,
      close: () => ending(() => group.close()),
      destroy: () =>
        ending(async () => {
          await group.destroy();
          if ((running.get(id) ?? handle) === handle && !starting.has(id)) ports.delete(id);
        }),
    };
    running.set(id, handle);
    return handle;
  }

  return {
    async start(spec, signal) {
      if (running.has(spec.id) || starting.has(spec.id)) throw new Error(`Group ${spec.id} is already running.`);
      closing.signal.throwIfAborted();
      const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      const started = start(spec, either);
      starting.set(spec.id, started);
      try {
        return registered(spec.id, await started);
      } finally {
        starting.delete(spec.id);
      }
    },
    async forget(id) {
      if (running.has(id) || starting.has(id)) throw new Error(`Group ${id} is running.`);
      await rm(groupDirectory(dataDir, id), { recursive: true, force: true, maxRetries: 3 });
      ports.delete(id);
    },
    caCertificate: () => authority.certificate(),
    async close() {
      closing.abort();
      await Promise.allSettled(starting.values());
      await Promise.all([...running.values()].map((group) => group.close()));
    },
  };
}

function groupDirectory(dataDir: string, id: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(id)) throw new Error(`Expected a replication group ID, got ${JSON.stringify(id)}.`);
  return join(dataDir, localFiles.nodes, id);
}
