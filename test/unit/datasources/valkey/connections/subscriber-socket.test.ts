import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../../../src/datasources/valkey/connections/limits.js';
import { openSubscriberSocket } from '../../../../../src/datasources/valkey/connections/subscribers/subscriber-socket.js';
import { eventually } from '../../../../helpers/run/eventually.js';

/** A server whose replies the test defines. */
async function serve(answer: (socket: Socket, command: string) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', (data) => answer(socket, data.toString()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    access: { endpoint: { host: '127.0.0.1', port }, database: 0, credentials: undefined },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const listen = () => ({ message: vi.fn(), ended: vi.fn(), lost: vi.fn() });

describe('A connection for subscriptions', () => {
  it('rejects its opening, and reports no loss, if it is cut before the handshake ends', async () => {
    await using server = await serve((socket) => socket.resetAndDestroy());
    const listener = listen();
    await expect(openSubscriberSocket(server.access, defaultLimits, listener)).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });
    expect(listener.lost).not.toHaveBeenCalled();
  });

  it('regards a server that sends messages as alive while its reply waits behind them', async () => {
    let pushing: NodeJS.Timeout | undefined;
    let pings = 0;
    await using server = await serve((socket, command) => {
      if (command.includes('HELLO')) {
        socket.write('+OK\r\n');
        pushing = setInterval(() => socket.write('>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n'), 5);
      }
      if (command.includes('PING')) pings += 1;
    });
    const listener = listen();
    const limits = { ...defaultLimits, replyMs: 100, heartbeatMs: 20 };
    const wire = await openSubscriberSocket(server.access, limits, listener);
    await eventually(() => expect(listener.message.mock.calls.length).toBeGreaterThan(60));
    expect(pings).toBeLessThanOrEqual(1);
    expect(listener.lost).not.toHaveBeenCalled();
    clearInterval(pushing);
    await eventually(() => expect(listener.lost).toHaveBeenCalled());
    expect(pings).toBe(1);
    wire.close();
  });
});
