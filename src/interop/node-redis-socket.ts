import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';

/** The internals of a node-redis client that hand over its socket. */
interface SocketOwner<Wrapper extends EventEmitter> {
  _ejectSocket(): Wrapper;
  _insertSocket(socket: Wrapper): void;
}

/**
 * Calls `listener` whenever bytes arrive at a client of node-redis, of a whole reply or of a part of one. Call it before `connect`.
 *
 * Relies on `_ejectSocket` and `_insertSocket` of @redis/client 6.3, which are marked as internal, and on the event `data` of the wrapper
 * around the socket that they hand over. node-redis reports whole replies only, and one reply may take minutes on a slow network.
 */
export function onBytesReceived<Wrapper extends EventEmitter>(
  client: SocketOwner<Wrapper>,
  listener: (this: void) => void,
): void {
  const wrapper = client._ejectSocket();
  client._insertSocket(wrapper);
  wrapper.on('data', listener);
}

/**
 * Runs `connect`, and returns the TCP socket that it opens before it first waits; undefined if it opens none.
 *
 * Relies on `RedisSocket` of @redis/client 6.3, which calls `net.createConnection` before its first await, and on the diagnostics channel
 * `net.client.socket` of Node.js, which is documented as experimental. node-redis has no other way to its socket. With TLS it opens no TCP
 * socket of its own if it receives one as `socket`, an option of `tls.connect` that it passes on.
 */
export function socketOpenedBy(connect: () => void): Socket | undefined {
  let opened: Socket | undefined;
  const capture = (message: unknown): void => {
    if (typeof message !== 'object' || !message || !('socket' in message)) return;
    if (message.socket instanceof Socket) opened ??= message.socket;
  };
  subscribe('net.client.socket', capture);
  try {
    connect();
  } finally {
    unsubscribe('net.client.socket', capture);
  }
  return opened;
}
