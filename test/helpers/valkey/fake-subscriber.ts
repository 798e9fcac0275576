import { CommandError } from '../../../src/datasources/valkey/command-error.js';
import type { ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import type {
  ChannelKind,
  SubscriberConnection,
  SubscriberListener,
} from '../../../src/datasources/valkey/push-connections.js';

/** Connections that record subscriptions instead of sending them. */
export interface FakeSubscribers {
  readonly connections: ValkeyConnections;
  /** e.g. `subscribe channel a b`, in order. */
  readonly commands: readonly string[];
  /** The listener of the connection that was opened last. */
  listener(): SubscriberListener;
  publish(channel: string, payload: string | Buffer, pattern?: string): void;
  readonly opened: number;
  readonly closed: number;
}

/** `refuse` names channels that Valkey refuses, with every command that contains one. */
export function fakeSubscribers(refuse: readonly string[] = []): FakeSubscribers {
  const commands: string[] = [];
  const counts = { opened: 0, closed: 0 };
  let current: SubscriberListener | undefined;
  const say = (verb: string, kind: ChannelKind, channels: readonly Buffer[]): Promise<void> => {
    const names = channels.map(String);
    commands.push([verb, kind, ...names].join(' '));
    const isRefused = verb === 'subscribe' && names.some((name) => refuse.includes(name));
    return isRefused ? Promise.reject(new CommandError('NOPERM no permission')) : Promise.resolve();
  };
  const close = (): Promise<void> => {
    counts.closed += 1;
    return Promise.resolve();
  };
  const subscriber = (_cluster: string, listener: SubscriberListener): Promise<SubscriberConnection> => {
    counts.opened += 1;
    current = listener;
    return Promise.resolve({
      subscribe: (kind, channels) => say('subscribe', kind, channels),
      unsubscribe: (kind, channels) => say('unsubscribe', kind, channels),
      close,
      [Symbol.asyncDispose]: close,
    });
  };
  const listener = (): SubscriberListener => current!;
  return {
    connections: {
      subscriber,
      whenUsable: () => undefined,
      onClosed: () => () => undefined,
    } as unknown as ValkeyConnections,
    commands,
    listener,
    publish(channel, payload, pattern) {
      const kind = pattern === undefined ? 'channel' : 'pattern';
      listener().message(
        kind,
        Buffer.from(channel),
        Buffer.from(payload),
        pattern === undefined ? pattern : Buffer.from(pattern),
        'node:6379',
      );
    },
    get opened() {
      return counts.opened;
    },
    get closed() {
      return counts.closed;
    },
  };
}
