import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../src/local-elasticache/nodes/process/ports.js';
import { temporaryFolder } from '../helpers/apis/command.js';
import { entriesOf } from '../helpers/apis/served-api.js';
import { startTcpProxy, type TcpProxy } from '../helpers/valkey/tcp-proxy.js';
import { startValkey, startValkeyCluster, type TestCluster, type TestValkey } from '../helpers/valkey/valkey.js';
import { startSoakApi, type SoakApi } from './api.js';

/** Two API processes, a server `orders` that loses nothing it has acknowledged, and a cluster `shop`. */
export interface Scenario extends AsyncDisposable {
  readonly orders: TestValkey;
  readonly shop: TestCluster;
  /** One process that runs throughout, and one that is restarted now and then. */
  readonly apis: readonly [steady: SoakApi, mortal: SoakApi];
  /** The connections between each of the processes and `orders`. */
  readonly networks: readonly TcpProxy[];
  /** Changes the password of the API's user on `orders`, and the API's password file. */
  changePassword(): Promise<void>;
  /** Kills `orders`, and restarts it after a while. */
  crash(ms: number): Promise<void>;
}

const firstPassword = 'first-password';

export async function startScenario(complained: (complaint: unknown) => void): Promise<Scenario> {
  const opened: AsyncDisposable[] = [];
  const keep = <Thing extends AsyncDisposable>(thing: Thing): Thing => {
    opened.unshift(thing);
    return thing;
  };
  const dispose = async (): Promise<void> => {
    for (const thing of opened.splice(0)) await thing[Symbol.asyncDispose]();
  };
  try {
    const folder = keep(await temporaryFolder());
    const passwordFile = join(folder.path, 'password');
    await writeFile(passwordFile, firstPassword);
    const orders = keep(
      await startValkey({
        args: ['--appendonly', 'yes', '--appendfsync', 'always'],
        // The default user is needed by the test's own commands.
        users: { default: 'on nopass ~* &* +@all', api: `on >${firstPassword} ~* &* +@all` },
      }),
    );
    const shop = keep(await startValkeyCluster({ shards: 3, replicas: 1, args: ['--cluster-node-timeout', '2000'] }));
    const ports = await freePorts('127.0.0.1', 2);
    const networks = [keep(await startTcpProxy(orders)), keep(await startTcpProxy(orders))];
    const startOne = async (at: 0 | 1): Promise<SoakApi> => {
      const { host, port } = networks[at]!;
      const clusters = entriesOf({ orders: { host, port, username: 'api', passwordFile }, shop });
      const config = join(folder.path, `api-${at}.json`);
      await writeFile(config, JSON.stringify({ elasticache: false, clusters, limits: { stallTimeoutMs: 2_000 } }));
      return keep(await startSoakApi(config, ports[at]!, complained));
    };
    const apis = [await startOne(0), await startOne(1)] as const;
    let changes = 0;
    return {
      orders,
      shop,
      apis,
      networks,
      async changePassword() {
        const password = `password-${(changes += 1)}`;
        await orders.command('ACL', 'SETUSER', 'api', 'resetpass', `>${password}`);
        await orders.command('CLIENT', 'KILL', 'USER', 'api');
        await writeFile(passwordFile, password);
      },
      async crash(ms) {
        await orders.kill();
        // It restarts with its initial users.
        await writeFile(passwordFile, firstPassword);
        await new Promise((resolve) => setTimeout(resolve, ms));
        await orders.restart();
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (cause) {
    await dispose();
    throw cause;
  }
}
