import { subscribe as onDiagnostic, unsubscribe as offDiagnostic } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createRealtime } from '../../../src/datasources/realtime/realtime.js';
import type { Services } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { startApiServer, type ApiServer } from '../../../src/server/server.js';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { eventually } from '../run/eventually.js';
import { fakeSubscribers } from '../valkey/fake-subscriber.js';
import { testLog } from '../run/test-log.js';

/** The real schema, server and channels without Valkey. Tests publish directly, at any rate. */
export interface ChannelApi extends ApiServer {
  /** Publishes in a tick of its own; resolves when the message has been delivered. */
  publish(channel: string, payload: string | Buffer): Promise<void>;
  /** Loses and restores the connection to Valkey with this channel. */
  cut(channel: string): Promise<void>;
  /** The subscribed channels. */
  subscribed(): string[];
  /** Resolves when exactly these channels are subscribed. */
  hasChannels(...channels: string[]): Promise<void>;
  /** The server's sockets, in the order of their connections. */
  readonly sockets: readonly Socket[];
}

export async function startChannelApi(limits: Partial<ServerLimits> = {}): Promise<ChannelApi> {
  const upstream = fakeSubscribers();
  const log = testLog();
  const realtime = createRealtime({ connections: upstream.connections, log });
  const services = { controlPlane: { revision: () => 0 }, realtime } as unknown as Services;
  const api = await startApiServer({ schema, services, log, host: '127.0.0.1', port: 0, limits });
  const sockets: Socket[] = [];
  const see = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort === api.port) sockets.push(socket);
  };
  onDiagnostic('net.server.socket', see);
  const subscribed = (): string[] => {
    const now = new Set<string>();
    for (const [verb, , ...names] of upstream.commands.map((command) => command.split(' '))) {
      for (const name of names) {
        if (verb === 'subscribe') now.add(name);
        else now.delete(name);
      }
    }
    return [...now].toSorted();
  };
  return {
    ...api,
    sockets,
    subscribed,
    async publish(channel, payload) {
      upstream.publish(channel, payload);
      await turn();
    },
    async cut(channel) {
      const lost = [{ kind: 'channel' as const, channel: Buffer.from(channel), needsEveryPrimary: false }];
      upstream.listener().interrupted?.(lost);
      upstream.listener().reconnected(lost);
      await turn();
    },
    hasChannels: (...channels) =>
      eventually(() => {
        const now = subscribed();
        if (now.join() !== channels.toSorted().join()) throw new Error(`Subscribed are ${now.join()}.`);
      }),
    async [Symbol.asyncDispose]() {
      offDiagnostic('net.server.socket', see);
      await api.close();
      await realtime.close();
    },
  };
}
