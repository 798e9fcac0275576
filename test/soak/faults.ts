import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../helpers/run/eventually.js';
import type { TestValkey } from '../helpers/valkey/valkey.js';
import type { Scenario } from './scenario.js';
import { openUnread } from './unread.js';

/** A fault of a scenario. Resolves when it is repaired, as far as it does not heal by itself. */
export interface Fault {
  readonly name: string;
  /** The cluster whose requests fail meanwhile. */
  readonly of: 'orders' | 'shop' | 'nobody';
  /** Whether the API recovers during the fault, so that its duration counts as recovery time. */
  readonly heals?: boolean;
  run(): Promise<void>;
}

export function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}

const between = (least: number, most: number): number => least + Math.random() * (most - least);

export function faultsOf(scenario: Scenario): readonly Fault[] {
  const { orders, networks, apis, shop } = scenario;
  const [steady, mortal] = apis;
  return [
    { name: 'killed', of: 'orders', run: () => scenario.crash(between(0, 1_000)) },
    {
      name: 'frozen',
      of: 'orders',
      run: () =>
        during(
          () => orders.freeze(),
          () => orders.thaw(),
        ),
    },
    {
      name: 'network cut',
      of: 'orders',
      run: () =>
        during(
          () => pick(networks).cut(),
          () => undefined,
        ),
    },
    {
      name: 'network swallows',
      of: 'orders',
      run: () =>
        during(
          () => networks.forEach((each) => each.swallow()),
          () => networks.forEach((each) => each.mend()),
        ),
    },
    {
      name: 'network slow',
      of: 'nobody',
      run: () =>
        during(
          () => networks.forEach((each) => each.delay(100)),
          () => networks.forEach((each) => each.delay(0)),
        ),
    },
    { name: 'CLIENT KILL normal', of: 'orders', run: () => sendCommand(orders, 'CLIENT', 'KILL', 'TYPE', 'normal') },
    { name: 'CLIENT KILL pubsub', of: 'nobody', run: () => sendCommand(orders, 'CLIENT', 'KILL', 'TYPE', 'pubsub') },
    { name: 'password changed', of: 'orders', run: () => scenario.changePassword() },
    { name: 'API killed', of: 'nobody', run: () => mortal.restart('SIGKILL') },
    { name: 'API stopped', of: 'nobody', run: () => mortal.restart('SIGTERM') },
    { name: 'failed over', of: 'shop', heals: true, run: () => failOver(shop.nodes) },
    { name: 'primary killed', of: 'shop', heals: true, run: () => killPrimary(shop.nodes) },
    { name: 'sockets unread', of: 'nobody', run: () => openUnread(steady.url, 10, between(1_000, 4_000)) },
  ];
}

async function during(begin: () => void, end: () => void): Promise<void> {
  begin();
  await delay(between(500, 3_000));
  end();
}

async function sendCommand(server: TestValkey, ...command: string[]): Promise<void> {
  await server.command(...command);
}

const roleOf = async (node: TestValkey): Promise<string> => String(await node.command('ROLE')).split(',')[0]!;

async function inRole(nodes: readonly TestValkey[], role: 'master' | 'slave'): Promise<TestValkey[]> {
  const roles = await Promise.all(nodes.map(roleOf));
  return nodes.filter((_, at) => roles[at] === role);
}

async function failOver(nodes: readonly TestValkey[]): Promise<void> {
  const replica = pick(await inRole(nodes, 'slave'));
  await replica.command('CLUSTER', 'FAILOVER');
  await becomes(replica, 'master');
}

/** The other nodes elect a replica in its place; the killed node returns as its replica. */
async function killPrimary(nodes: readonly TestValkey[]): Promise<void> {
  const primary = pick(await inRole(nodes, 'master'));
  const others = nodes.filter((node) => node !== primary);
  await primary.kill();
  await eventually(async () => {
    if ((await inRole(others, 'master')).length < 3) throw new Error('No replica has been elected yet.');
  });
  setTimeout(() => void primary.restart(), 1_000);
}

/** Waits until all nodes run and replicate, so that the next fault hits a healthy cluster. */
export async function isHealthy(nodes: readonly TestValkey[]): Promise<void> {
  await eventually(async () => {
    for (const node of nodes) {
      const info = String(await node.command('CLUSTER', 'INFO'));
      const replication = String(await node.command('INFO', 'replication'));
      if (!info.includes('cluster_state:ok') || replication.includes('link_status:down')) throw new Error(info);
    }
    if ((await inRole(nodes, 'master')).length !== 3) throw new Error('There are not three primaries.');
  }, 60_000);
}

const becomes = (node: TestValkey, role: string): Promise<void> =>
  eventually(async () => {
    if ((await roleOf(node)) !== role) throw new Error(`Not yet ${role}.`);
  });
