import type { ChannelKind } from '../../push-connections.js';
import type { ValkeyLimits } from '../limits.js';
import type { NodeAccess } from '../nodes/node-client.js';
import { openPushSocket } from '../nodes/push-socket.js';

/**
 * One RESP3 connection for subscriptions. node-redis cannot be used for it: it stores channel names as text, which excludes names
 * that are not UTF-8, and it resubscribes all channels in one command, which fails as a whole if one channel is refused.
 */
export interface SubscriberSocket {
  /** Resolves when Valkey has confirmed. Rejects with `CommandError`, or with `Outage` if the connection is lost. */
  subscribe(kind: ChannelKind, channel: Buffer): Promise<void>;
  unsubscribe(kind: ChannelKind, channel: Buffer): Promise<void>;
  close(): void;
}

export interface SubscriberSocketListener {
  message(this: void, kind: ChannelKind, channel: Buffer, payload: Buffer, pattern: Buffer | undefined): void;
  /** Valkey ended a sharded subscription because its slot has moved. */
  ended(this: void, channel: Buffer): void;
  /** Called only after a successful opening. An earlier failure rejects the opening. */
  lost(this: void, reason: Error): void;
}

const prefixes: Record<ChannelKind, string> = { channel: '', pattern: 'P', sharded: 'S' };

/** @throws ExpectedFailure PERMISSION_DENIED, NOT_CONNECTED; Outage CLUSTER_UNAVAILABLE */
export async function openSubscriberSocket(
  access: NodeAccess,
  limits: ValkeyLimits,
  listener: SubscriberSocketListener,
): Promise<SubscriberSocket> {
  const socket = await openPushSocket(access, limits, {
    lost: listener.lost,
    push(kind, [, first, second, third]) {
      switch (kind) {
        case 'message':
          listener.message('channel', bytes(first), bytes(second), undefined);
          return;
        case 'pmessage':
          listener.message('pattern', bytes(second), bytes(third), bytes(first));
          return;
        case 'smessage':
          listener.message('sharded', bytes(first), bytes(second), undefined);
          return;
        case 'sunsubscribe':
          listener.ended(bytes(first));
      }
    },
  });
  const send = (command: 'SUBSCRIBE' | 'UNSUBSCRIBE', kind: ChannelKind, channel: Buffer): Promise<void> => {
    const name = `${prefixes[kind]}${command}`;
    return socket.send([name, channel], name.toLowerCase());
  };
  return {
    subscribe: (kind, channel) => send('SUBSCRIBE', kind, channel),
    unsubscribe: (kind, channel) => send('UNSUBSCRIBE', kind, channel),
    close: () => socket.close(),
  };
}

function bytes(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
}
