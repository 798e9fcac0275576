import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The network between this API and one server, to be broken by a test. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections that were let in while everything is swallowed. */
  readonly waiting: number;
  /** Resets all connections; those that come later pass. */
  cut(): void;
  /**
   * What stands is dead for good and nobody is told, as where a cable is pulled; who connects meanwhile is let in and hears
   * nothing until the network is mended.
   */
  swallow(): void;
  /** Every byte takes this much longer, either way. */
  delay(ms: number): void;
  /** Who connects from now on is served, and who waits for it. The server learns that the dead ones are. */
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

  /** Passes bytes on in their order, however the delay changes. */
  const passOnto = (pair: Pair, onto: Socket): ((chunk: Buffer) => void) => {
    const onTheirWay: { readonly chunk: Buffer; readonly due: number }[] = [];
    const passDue = (): void => {
      const [next] = onTheirWay;
      if (!next || pair.isDead || onto.destroyed) return;
      const wait = next.due - performance.now();
      if (wait > 0) {
        setTimeout(passDue, wait);
        return;
      }
      onTheirWay.shift();
      onto.write(next.chunk);
      passDue();
    };
    return (chunk) => {
      onTheirWay.push({ chunk, due: performance.now() + delayMs });
      if (onTheirWay.length === 1) passDue();
    };
  };
  const join = (client: Socket): void => {
    const pair: Pair = { client, server: connect(to), isDead: false };
    pairs.add(pair);
    for (const [from, onto] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', passOnto(pair, onto));
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
  const reset = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  };
  const cut = (): void => {
    for (const pair of pairs) reset(pair);
  };
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    get waiting() {
      return waiting.size;
    },
    cut,
    swallow() {
      isSwallowing = true;
      for (const pair of pairs) pair.isDead = true;
    },
    delay: (ms) => void (delayMs = ms),
    mend() {
      isSwallowing = false;
      for (const pair of pairs) if (pair.isDead) reset(pair);
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
