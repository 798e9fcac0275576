import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../src/datasources/valkey/limits.js';
import { openSubscriberWire } from '../../../src/datasources/valkey/subscriber-wire.js';

describe('A connection that subscribes', () => {
  it('rejects its opening, and tells no loss, where it is cut before Valkey has greeted', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const listener = { message: vi.fn(), ended: vi.fn(), lost: vi.fn() };
    const access = { endpoint: { host: '127.0.0.1', port }, credentials: undefined };
    await expect(openSubscriberWire(access, defaultLimits, listener)).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });
    expect(listener.lost).not.toHaveBeenCalled();
    server.close();
    await once(server, 'close');
  });
});
