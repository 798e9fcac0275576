import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAdmin, type Admin, type Reply } from '../../../src/local-elasticache/nodes/admin.js';
import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { renderNodesConf, type Member } from '../../../src/local-elasticache/nodes/cluster/nodes-conf.js';
import { freePorts } from '../../../src/local-elasticache/nodes/process/ports.js';
import { launch, type ServerProcess } from '../../../src/local-elasticache/nodes/process/server-process.js';
import { eventually } from '../run/eventually.js';

const host = '127.0.0.1';

export interface ValkeyOptions {
  /** Command-line options of valkey-server, e.g. `['--maxmemory', '1mb']`. By default nothing is written to disk. */
  readonly args?: readonly string[];
  /** ACL rules by user name, e.g. `{ alice: 'on >secret ~* &* +@all', default: 'off' }`; they survive a restart. */
  readonly users?: Readonly<Record<string, string>>;
}

/** A real Valkey server on a free port with a temporary folder. */
export interface TestValkey extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** Runs one command as the server's administrator (never as `default`), e.g. `command('CLIENT', 'LIST')`. */
  command(...args: readonly string[]): Promise<Reply>;
  /** Kills it (SIGKILL); resolves when it has ended. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): connections are accepted and not answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same port and folder, after ending it if it runs. */
  restart(): Promise<void>;
}

export async function startValkey({ args = [], users = {} }: ValkeyOptions = {}): Promise<TestValkey> {
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0] = await freePorts(host, 1);
    const directory = await mkdtemp(join(tmpdir(), 'cachegraph-valkey-'));
    try {
      return await startAt(port, directory, args, users);
    } catch (cause) {
      await rm(directory, { recursive: true, force: true });
      // Another process may have taken the port between check and start.
      if (attempt === 3) throw cause;
    }
  }
}

/** A user name that no test uses. */
export const administrator = { username: 'test-administrator', password: 'canary-test-administrator' };

async function startAt(
  port: number,
  directory: string,
  args: readonly string[],
  users: Readonly<Record<string, string>>,
): Promise<TestValkey> {
  const binary = await resolveValkey();
  const all = { ...users, [administrator.username]: `on >${administrator.password} ~* &* +@all` };
  const userArgs = Object.entries(all).flatMap(([name, rules]) => ['--user', name, ...rules.split(/\s+/)]);
  const connection = ['--port', String(port), '--bind', host, '--dir', directory];
  const quiet = ['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0', '--loglevel', 'notice'];
  const start = async (): Promise<{ server: ServerProcess; admin: Admin }> => {
    const server = await launch({
      binary,
      directory,
      args: [...connection, ...quiet, '--acl-pubsub-default', 'allchannels', ...args, ...userArgs],
      logFile: join(directory, 'valkey.log'),
    });
    try {
      const connect = () => openAdmin({ host, port, ...administrator, timeoutMs: 60_000 });
      const admin = await eventually(connect, 20_000, () => !server.isRunning());
      return { server, admin };
    } catch (cause) {
      await server.stop(0);
      const log = await readFile(join(directory, 'valkey.log'), 'utf8');
      throw new Error(`valkey-server did not start:\n${log}`, { cause });
    }
  };
  let { server, admin } = await start();
  const end = async (): Promise<void> => {
    admin.close();
    server.signal('SIGKILL');
    await server.exited;
  };
  return {
    host,
    port,
    url: `redis://${host}:${port}`,
    get pid() {
      return server.pid;
    },
    command: (...command) => admin.command(...command),
    kill: end,
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    async restart() {
      await end();
      ({ server, admin } = await start());
    },
    async [Symbol.asyncDispose]() {
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface TestCluster extends AsyncDisposable {
  /** All nodes, the primaries first: `primaries[0]`'s replicas are those whose `follows` is 0. */
  readonly nodes: readonly (TestValkey & { readonly follows?: number })[];
  readonly primaries: readonly TestValkey[];
  readonly replicas: readonly (TestValkey & { readonly follows: number })[];
}

/** A real Valkey cluster that serves all slots, with its replicas in sync. */
export async function startValkeyCluster({
  shards = 2,
  replicas = 0,
  args = [],
  users = {},
}: { readonly shards?: number; readonly replicas?: number } & ValkeyOptions = {}): Promise<TestCluster> {
  const count = shards * (1 + replicas);
  const ports = await freePorts(host, count * 2);
  const name = `test-${ports[0] ?? 0}`;
  const members = Array.from({ length: count }, (_, index): Member => {
    const follows = index < shards ? undefined : (index - shards) % shards;
    const common = { name: `node-${index}`, host, port: ports[index]!, busPort: ports[count + index]!, tls: false };
    if (follows !== undefined) return { ...common, follows: `node-${follows}` };
    const bounds = [index, index + 1].map((shard) => Math.round((shard * 16384) / shards));
    return { ...common, slots: `${bounds[0]}-${bounds[1]! - 1}` };
  });
  const directories = await Promise.all(members.map(() => mkdtemp(join(tmpdir(), 'cachegraph-valkey-'))));
  const started = await Promise.allSettled(
    members.map(async (member, index) => {
      const directory = directories[index]!;
      await writeFile(join(directory, 'nodes.conf'), renderNodesConf(name, members, member.name));
      const clusterArgs = ['--cluster-enabled', 'yes', '--cluster-port', String(member.busPort)];
      // Without replicas nobody can take over, and a busy machine must not make a node seem dead.
      const timing = ['--cluster-node-timeout', replicas > 0 ? '1000' : '5000', '--cluster-config-file', 'nodes.conf'];
      const authority = ['--masteruser', administrator.username, '--masterauth', administrator.password];
      return startAt(member.port, directory, [...clusterArgs, ...timing, ...authority, ...args], users);
    }),
  );
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  };
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await Promise.all(nodes.map((node, index) => eventually(() => ready(node, index >= shards))));
  } catch (cause) {
    await dispose();
    throw cause;
  }
  const replicaNodes = nodes.slice(shards).map((node, index) => Object.assign(node, { follows: index % shards }));
  return { nodes, primaries: nodes.slice(0, shards), replicas: replicaNodes, [Symbol.asyncDispose]: dispose };
}

async function ready(node: TestValkey, isReplica: boolean): Promise<void> {
  const state = String(await node.command('CLUSTER', 'INFO'));
  if (!state.includes('cluster_state:ok')) throw new Error(`Node ${node.port}: ${state}`);
  const replication = String(await node.command('INFO', 'replication'));
  if (isReplica && !replication.includes('master_link_status:up')) throw new Error(`Node ${node.port}: ${replication}`);
}
