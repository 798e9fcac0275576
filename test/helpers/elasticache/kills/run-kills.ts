import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ElastiCacheServiceException } from '@aws-sdk/client-elasticache';
import { buildScripts } from '../../run/build-programs.js';
import { eventually } from '../../run/eventually.js';
import { keepState } from '../../run/written.js';
import { accessOperations } from './access-operations.js';
import { unsettled, viewOf, type AccountView } from './account-view.js';

import { checkInvariants } from './invariants.js';
import type { FileChange } from './kill-at-file-change.js';
import { processesIn, startKillableEndpoint, type KillableEndpoint } from './killable-endpoint.js';
import type { Operation } from './operation.js';
import { parameterOperations } from './parameter-operations.js';
import { createRandom, type Random } from './random.js';
import { createScene, setUp, type Scene } from './scene.js';
import { scalingOperations } from './scaling-operations.js';
import { snapshotOperations } from './snapshot-operations.js';

interface KillsOptions {
  readonly seed: number;
  /** The number of operations, each of which is killed. */
  readonly operations: number;
  /** No operation begins after this time. */
  readonly budgetMs?: number;
  say(this: void, line: string): void;
}

/** The result of a run in which nothing was wrong. */
export interface KillsResult {
  readonly operations: number;
  readonly kills: number;
  /** Kills while an earlier kill was being repaired. */
  readonly killsAtStart: number;
  readonly acknowledgedWrites: number;
}

const settleWithinMs = 60_000;
/** A view is seven requests. */
const settlePollMs = 100;

/**
 * Kills an endpoint with real nodes at a random moment of each of many random operations, while a client writes. After each
 * kill, the next start must leave everything whole.
 * @throws Error with the operation, the moment and the folder of the data if something is not
 */
export async function runKills({ seed, operations, budgetMs = Infinity, say }: KillsOptions): Promise<KillsResult> {
  const random = createRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-kills-'));
  const dataDir = join(folder, 'data');
  // Outside of vitest, nothing is built.
  await buildScripts(join(folder, 'program'), ['elasticache/endpoint-process']);
  const program = join(folder, 'program/elasticache/endpoint-process.mjs');
  const scene = createScene();
  const began = performance.now();
  let [kills, killsAtStart, done] = [0, 0, 0];
  let endpoint = (await startKillableEndpoint(program, dataDir))!;
  try {
    await setUp(endpoint.client);
    await scene.follow(endpoint.client, await settled(endpoint));
    for (; done < operations && performance.now() - began < budgetMs; done += 1) {
      const operation = await choose(endpoint, random, scene);
      const plan = planOf(random, operation);
      // Events have whole seconds.
      const since = Math.floor(Date.now() / 1_000) * 1_000;
      const isAcknowledged = await runUntilKilled(endpoint, operation, plan);
      kills += 1;
      await scene.leave();
      const moment = `${done + 1}. ${operation.name}: killed ${describe(plan)}, ${isAcknowledged ? '' : 'not '}acknowledged`;
      try {
        await withoutNodes(dataDir);
        const again = await restart(program, dataDir, random);
        killsAtStart += again.kills;
        endpoint = again.endpoint;
        const view = await settled(endpoint);
        const { client } = endpoint;
        await scene.checkKeys(client, view);
        const hasEvent = (message: RegExp): boolean =>
          view.events.some((event) => event.Date!.getTime() >= since && message.test(event.Message!));
        await operation.check({ client, view, hasEvent }, isAcknowledged);
        await eventually(() => checkInvariants({ dataDir, client, view, accessTo: scene.accessTo }), 15_000);
        await scene.follow(client, view);
      } catch (cause) {
        throw new Error(`seed ${seed}, ${dataDir}: ${moment}: ${String(cause)}`, { cause });
      }
      say(moment);
    }
    await scene.leave();
    const acknowledgedWrites = scene.acknowledgedWrites();
    await endpoint.kill();
    keepState(dataDir);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    return { operations: done, kills, killsAtStart, acknowledgedWrites };
  } finally {
    await scene.leave();
    await endpoint.kill();
  }
}

/** When to kill the endpoint: at a change of a file, and after a while at the latest. */
interface Plan {
  readonly change: FileChange | undefined;
  readonly afterMs: number;
}

function planOf(random: Random, { spanMs }: Operation): Plan {
  if (random.chance(0.4)) return { change: undefined, afterMs: random.next() * spanMs };
  // Later changes are rarer, because most operations make few.
  return { change: randomChange(random), afterMs: spanMs * 4 };
}

const randomChange = (random: Random): FileChange => ({
  number: 1 + Math.floor(random.next() ** 2 * 24),
  when: random.pick(['before', 'during', 'after']),
});

const describe = ({ change, afterMs }: Plan): string =>
  change ? `${change.when} change ${change.number} of a file` : `after ${Math.round(afterMs)} ms`;

/** @returns whether the operation was answered before the endpoint was killed */
async function runUntilKilled(endpoint: KillableEndpoint, operation: Operation, plan: Plan): Promise<boolean> {
  if (plan.change) endpoint.killAt(plan.change);
  const sent = operation.send(endpoint.client).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ElastiCacheServiceException && error.$response) throw error;
      return false;
    },
  );
  // A refusal is a mistake of the test, and ends it now.
  await Promise.race([endpoint.ended, delay(plan.afterMs), sent.then(() => endpoint.ended)]);
  await endpoint.kill();
  return sent;
}

async function restart(
  program: string,
  dataDir: string,
  random: Random,
): Promise<{ endpoint: KillableEndpoint; kills: number }> {
  for (let kills = 0; ; kills += 1) {
    const isDoomed = random.chance(0.3) && kills < 3;
    const endpoint = await startKillableEndpoint(program, dataDir, isDoomed ? randomChange(random) : undefined);
    if (endpoint && !isDoomed) return { endpoint, kills };
    if (endpoint) await Promise.race([endpoint.ended, delay(random.next() * 2_000)]);
    await endpoint?.kill();
    await withoutNodes(dataDir);
  }
}

/** Nodes end with their endpoint. */
function withoutNodes(dataDir: string): Promise<void> {
  return eventually(async () => assert.deepEqual(await processesIn(dataDir), [], 'nodes outlive the endpoint'), 2_000);
}

async function settled(endpoint: KillableEndpoint): Promise<AccountView> {
  const isHopeless = (): boolean => !endpoint.isRunning();
  return eventually(
    async () => {
      const view = await viewOf(endpoint.client);
      const waiting = unsettled(view);
      if (waiting.length > 0) await delay(settlePollMs);
      assert.deepEqual(waiting, [], 'not settled');
      return view;
    },
    settleWithinMs,
    isHopeless,
  );
}

async function choose(endpoint: KillableEndpoint, random: Random, scene: Scene): Promise<Operation> {
  const before = await settled(endpoint);
  for (;;) {
    const kind = random.pick([
      scalingOperations,
      scalingOperations,
      snapshotOperations,
      snapshotOperations,
      parameterOperations,
      accessOperations,
    ]);
    const operation = random.pick(kind)({ random, before, ...scene.situation });
    if (operation) return operation;
  }
}
