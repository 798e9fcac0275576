import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The network between this API and one server, to be broken by a test. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections that stand now. */
  readonly connections: number;
  /** Resets all connections; those that come later pass. */
  cut(): void;
  /**
   * What stands is dead for good and nobody is told, as where a cable is pulled; who connects meanwhile is let in and hears
   * nothing until the network is mended.
   */
  swallow(): void;
  /** Every byte takes this much longer, either way. */
  delay(ms: number): void;
  /** Who connects from now on is served, and who waits for it. */
  mend(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isDead: boolean;
}

export async function startTcpProxy(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const waiting = new Set<Socket>();
  let isSwallowing = false;
  let delayMs = 0;

  const pass = (pair: Pair, chunk: Buffer, onto: Socket): void => {
    const write = (): void => {
      if (!pair.isDead && !onto.destroyed) onto.write(chunk);
    };
    if (delayMs === 0) write();
    else setTimeout(write, delayMs);
  };
  const join = (client: Socket): void => {
    const pair: Pair = { client, server: connect(to), isDead: false };
    pairs.add(pair);
    for (const [from, onto] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk) => pass(pair, chunk, onto));
      from.on('error', () => undefined);
      from.on('close', () => {
        if (pair.isDead) return;
        pairs.delete(pair);
        onto.destroy();
      });
    }
  };
  const server = createServer((client) => {
    client.on('error', () => undefined);
    if (!isSwallowing) {
      join(client);
      return;
    }
    waiting.add(client);
    client.once('close', () => waiting.delete(client));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const pair of pairs) {
      pairs.delete(pair);
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
    }
  };
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    cut,
    swallow() {
      isSwallowing = true;
      for (const pair of pairs) pair.isDead = true;
    },
    delay: (ms) => void (delayMs = ms),
    mend() {
      isSwallowing = false;
      for (const client of waiting) if (!client.destroyed) join(client);
      waiting.clear();
    },
    async [Symbol.asyncDispose]() {
      cut();
      for (const client of waiting) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
