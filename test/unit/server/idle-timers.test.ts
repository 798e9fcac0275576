import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';
import { createAuthorizedConnections } from '../../../src/server/authorized-connections.js';
import { createKeepAlive } from '../../../src/server/websocket/keep-alive.js';
import { createLogger } from '../../../src/telemetry/log.js';

const fakes = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] as const;
beforeEach(() => void vi.useFakeTimers({ toFake: [...fakes] }));
afterEach(() => void vi.useRealTimers());

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

describe('Authorized connections', () => {
  function open() {
    const onChange: Authenticator['onChange'] = () => () => undefined;
    const authenticate = () => Promise.reject(new Error('Expected no call of authenticate.'));
    return createAuthorizedConnections({ authenticate, onChange }, createLogger('silent'));
  }
  const until = (expiresAt: number) => ({ expiresAt, expire: vi.fn(), reauthorize: () => Promise.resolve() });

  it('have no timer while no credentials expire', () => {
    using connections = open();
    for (let at = 0; at < 100; at += 1) connections.add(until(Infinity));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('have one timer for all, and expire each in time', async () => {
    using connections = open();
    const now = Date.now();
    const all = [90_000, 30_000, 600_000, 30_000].map((ms) => until(now + ms));
    for (const connection of all) connections.add(connection);
    expect(vi.getTimerCount()).toBe(1);
    const ended = () => all.map(({ expire }) => expire.mock.calls.length);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(ended()).toEqual([0, 0, 0, 0]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ended()).toEqual([0, 1, 0, 1]);
    await minutes(1);
    expect(ended()).toEqual([1, 1, 0, 1]);
    await minutes(10);
    expect(ended()).toEqual([1, 1, 1, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('expire earlier if fresh credentials expire earlier', async () => {
    using connections = open();
    const now = Date.now();
    const connection = { ...until(now + 3_600_000) };
    connections.add(connection);
    connection.expiresAt = now + 20_000;
    connections.add(connection);
    await vi.advanceTimersByTimeAsync(20_500);
    expect(connection.expire).toHaveBeenCalledOnce();
  });
});

describe('Keep-alive', () => {
  /** A client that answers every ping, or none. */
  function client(answers = true) {
    const methods = { ping: () => undefined, terminate: () => undefined };
    const socket = Object.assign(new EventEmitter(), methods) as unknown as WebSocket;
    const ping = vi.spyOn(socket, 'ping').mockImplementation(() => {
      if (answers) socket.emit('pong');
    });
    const terminate = vi.spyOn(socket, 'terminate').mockImplementation(() => undefined);
    return { socket, ping, terminate };
  }

  it('wakes the process once an interval for one socket, and never without sockets', async () => {
    const keepAlive = createKeepAlive(12_000);
    expect(vi.getTimerCount()).toBe(0);
    const { socket, ping } = client();
    const remove = keepAlive.add(socket, new Socket());
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await minutes(2);
    expect(ping).toHaveBeenCalledTimes(10);
    expect(timers).toHaveBeenCalledTimes(10);
    timers.mockRestore();
    remove();
    await minutes(1);
    expect(vi.getTimerCount()).toBe(0);
    keepAlive.close();
  });

  it('pings each socket once an interval, whenever it was added, and terminates one that does not answer', async () => {
    const keepAlive = createKeepAlive(12_000);
    const clients = [];
    for (let at = 0; at < 30; at += 1) {
      const next = client();
      clients.push(next);
      keepAlive.add(next.socket, new Socket());
      await vi.advanceTimersByTimeAsync(731);
    }
    const silent = client(false);
    keepAlive.add(silent.socket, new Socket());
    await minutes(1);
    for (const { ping } of clients) ping.mockClear();
    await minutes(2);
    expect(clients.map(({ ping }) => ping.mock.calls.length)).toEqual(clients.map(() => 10));
    expect(silent.terminate).toHaveBeenCalled();
    expect(clients.flatMap(({ terminate }) => terminate.mock.calls)).toEqual([]);
    keepAlive.close();
  });

  it('pings no socket twice at once if its timer fires early while sockets are added', async () => {
    // Its steps are 8 1/3 ms, of which timers drop the fraction.
    const keepAlive = createKeepAlive(100);
    const slow = Array.from({ length: 24 }, () => client(false));
    for (const { socket } of slow) keepAlive.add(socket, new Socket());
    for (let ms = 0; ms < 90; ms += 1) {
      await vi.advanceTimersByTimeAsync(1);
      for (let at = 0; at < 12; at += 1) keepAlive.add(client().socket, new Socket());
    }
    // A client has the whole interval to answer.
    expect(slow.flatMap(({ terminate }) => terminate.mock.calls)).toEqual([]);
    keepAlive.close();
  });
});
