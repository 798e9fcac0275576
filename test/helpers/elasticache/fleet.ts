import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAdmin, type Admin } from '../../../src/local-elasticache/nodes/admin.js';
import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { createNodeFleet, type FleetOptions } from '../../../src/local-elasticache/nodes/fleet.js';
import type {
  GroupSpec,
  NodeFleet,
  NodeState,
  NodeUser,
  RunningGroup,
} from '../../../src/local-elasticache/nodes/interfaces.js';
import { testLog } from '../run/test-log.js';

export interface TestFleet extends NodeFleet, AsyncDisposable {
  readonly dataDir: string;
}

/** A fleet in a temporary folder, or in that of an earlier fleet. */
export async function startFleet(
  dataDir?: string,
  options: Pick<FleetOptions, 'rebootLimitMs' | 'movePatienceMs' | 'onScalingStep'> = {},
): Promise<TestFleet> {
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'cachegraph-fleet-')));
  const fleet = createNodeFleet({ ...options, dataDir: directory, provideBinary: resolveValkey, log: testLog() });
  return {
    ...fleet,
    dataDir: directory,
    async [Symbol.asyncDispose]() {
      await fleet.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const openUser: NodeUser = { name: 'default', rules: ['on', 'nopass', '~*', '&*', '+@all'] };

export function userWithPassword(name: string, password: string, ...rules: string[]): NodeUser {
  const hash = createHash('sha256').update(password).digest('hex');
  return { name, rules: ['on', `#${hash}`, ...(rules.length > 0 ? rules : ['~*', '&*', '+@all'])] };
}

interface GroupShape {
  readonly id?: string;
  /** If absent: without cluster mode. */
  readonly shards?: number;
  readonly replicas?: number;
  readonly tls?: boolean;
  readonly users?: readonly NodeUser[];
}

export function groupSpec({
  id = 'orders',
  shards,
  replicas = 0,
  tls = false,
  users = [openUser],
}: GroupShape): GroupSpec {
  const count = shards ?? 1;
  return {
    id,
    tls,
    users,
    clusterMode: shards !== undefined,
    settings: {},
    shards: Array.from({ length: count }, (_, index) => {
      const [from, to] = [index, index + 1].map((bound) => Math.round((bound * 16384) / count));
      const shard = String(index + 1).padStart(4, '0');
      const nodes = Array.from({ length: 1 + replicas }, (_node, position) => {
        const number = String(position + 1).padStart(3, '0');
        return { id: shards === undefined ? `${id}-${number}` : `${id}-${shard}-${number}` };
      });
      return { id: shard, slots: `${from!}-${to! - 1}`, nodes };
    }),
  };
}

export function nodesOf(group: RunningGroup): NodeState[] {
  return group.topology().shards.flatMap(({ nodes }) => nodes);
}

export function primaryOf(group: RunningGroup, shard = 0): NodeState {
  return group.topology().shards[shard]!.nodes.find(({ role }) => role === 'primary')!;
}

export function replicasOf(group: RunningGroup, shard = 0): NodeState[] {
  return group.topology().shards[shard]!.nodes.filter(({ role }) => role === 'replica');
}

/** Connects to a node as clients do. */
export function enter(
  { host, port }: NodeState,
  options: { username?: string; password?: string; ca?: string } = {},
): Promise<Admin> {
  // So that a busy machine does not make a node seem frozen.
  return openAdmin({ host, port, timeoutMs: 30_000, ...options });
}

/** The process of a node, which its endpoint does not reveal. */
export async function processId(node: NodeState, options: { ca?: string } = {}): Promise<number> {
  await using client = await enter(node, options);
  const [, id] = /process_id:(\d+)/.exec(String(await client.command('INFO', 'server')))!;
  return Number(id);
}
