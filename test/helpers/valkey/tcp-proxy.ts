import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy between this API and one server that simulates network faults. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Bytes that have passed, in both directions of all connections. */
  readonly passed: number;
  /** Connections accepted while all traffic is dropped. */
  readonly waiting: number;
  /** Resets all connections; those that come later pass. */
  cut(): void;
  /**
   * Drops all traffic silently, as with a cut cable: open connections never recover; new ones are accepted and receive nothing
   * until `mend`.
   */
  swallow(): void;
  /**
   * Loses the server's answers on all open connections after so many more bytes, until they are cut. The bytes of clients still arrive: the
   * server executes commands whose replies are lost.
   */
  loseReplies(afterBytes?: number): void;
  /** Delays every byte in both directions. */
  delay(ms: number): void;
  /** Passes at most so many bytes per second in each direction of each connection, and reads no faster. */
  slowTo(bytesPerSecond: number): void;
  /** Serves new and waiting connections, and closes the dead ones on the server's side. */
  mend(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isDead: boolean;
  losesReplies: boolean;
}

export async function startTcpProxy(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const waiting = new Set<Socket>();
  let isSwallowing = false;
  /** The number of bytes of answers that still pass on the connections whose replies are lost. */
  let answerBytes = 0;
  let delayMs = 0;
  let bytesPerMs = Infinity;
  let passed = 0;

  /** Forwards bytes in order, whatever the delay and the rate. */
  const passOnto = (pair: Pair, from: Socket, onto: Socket): ((chunk: Buffer) => void) => {
    const onTheirWay: { readonly chunk: Buffer; readonly due: number }[] = [];
    let freeAt = 0;
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
      passed += next.chunk.length;
      if (onTheirWay.length === 0) from.resume();
      passDue();
    };
    return (received) => {
      let chunk = received;
      if (pair.losesReplies && from === pair.server) {
        chunk = received.subarray(0, answerBytes);
        answerBytes -= chunk.length;
        if (chunk.length === 0) return;
      }
      freeAt = Math.max(freeAt, performance.now()) + chunk.length / bytesPerMs;
      onTheirWay.push({ chunk, due: freeAt + delayMs });
      if (bytesPerMs < Infinity) from.pause();
      if (onTheirWay.length === 1) passDue();
    };
  };
  const join = (client: Socket): void => {
    const pair: Pair = { client, server: connect(to), isDead: false, losesReplies: false };
    pairs.add(pair);
    for (const [from, onto] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', passOnto(pair, from, onto));
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
    get passed() {
      return passed;
    },
    get waiting() {
      return waiting.size;
    },
    cut,
    swallow() {
      isSwallowing = true;
      for (const pair of pairs) pair.isDead = true;
    },
    loseReplies(afterBytes = 0) {
      answerBytes = afterBytes;
      for (const pair of pairs) pair.losesReplies = true;
    },
    delay: (ms) => void (delayMs = ms),
    slowTo: (bytesPerSecond) => void (bytesPerMs = bytesPerSecond / 1000),
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

/** A proxy that delays each command so long that a job over thousands of keys runs until somebody ends it. */
export async function startSlowProxy(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const proxy = await startTcpProxy(to);
  proxy.delay(20);
  return proxy;
}
