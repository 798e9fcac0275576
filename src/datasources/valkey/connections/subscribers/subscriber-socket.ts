import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { createRespDecoder } from '../../../../interop/resp-decoder.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyLimits } from '../limits.js';
import { connectFailure, unreachable } from '../nodes/connection-errors.js';
import { checkLiveness } from '../nodes/liveness-check.js';
import { authentication, type NodeAccess } from '../nodes/node-client.js';
import { ownClientName } from '../nodes/own-client-name.js';
import type { Argument, ChannelKind } from '../../interfaces.js';

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

interface SentCommand {
  /** The kind of push that answers the command, such as `ssubscribe`; undefined for a command with a plain reply. */
  readonly push: string | undefined;
  resolve(): void;
  reject(reason: Error): void;
}

/** @throws ExpectedFailure PERMISSION_DENIED, NOT_CONNECTED; Outage CLUSTER_UNAVAILABLE */
export async function openSubscriberSocket(
  access: NodeAccess,
  limits: ValkeyLimits,
  listener: SubscriberSocketListener,
): Promise<SubscriberSocket> {
  const { endpoint } = access;
  const waiting: SentCommand[] = [];
  let isOpen = true;
  let isAuthenticated = false;
  const socket = access.tls
    ? tls.connect({ ...endpoint, ...(access.tls.ca === undefined ? {} : { ca: access.tls.ca }) })
    : net.connect(endpoint);
  socket.setNoDelay(true);
  const end = (reason: Error): void => {
    isOpen = false;
    watch.stop();
    socket.destroy();
    for (const command of waiting.splice(0)) command.reject(reason);
  };
  const lose = (reason: Error): void => {
    if (!isOpen) return;
    end(reason);
    if (isAuthenticated) listener.lost(reason);
  };
  const lost = (): Error => unreachable(`${endpoint.host}:${endpoint.port}`);

  // All commands of a tick leave in one write: thousands of channels are resubscribed at once.
  const writeSoon = (command: Buffer): void => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(command);
  };
  const send = (push: string | undefined, args: readonly Argument[]): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!isOpen) {
        reject(lost());
        return;
      }
      watch.sent();
      waiting.push({ push, resolve, reject });
      writeSoon(encode(args));
    });
  const answered = (): SentCommand | undefined => {
    watch.answered();
    return waiting.shift();
  };
  const decode = createRespDecoder({
    onReply: () => answered()?.resolve(),
    onErrorReply: (message) => answered()?.reject(new CommandError(message)),
    onPush(push) {
      const [kind, first, second, third] = push;
      switch (String(kind)) {
        case 'message':
          listener.message('channel', bytes(first), bytes(second), undefined);
          return;
        case 'pmessage':
          listener.message('pattern', bytes(second), bytes(third), bytes(first));
          return;
        case 'smessage':
          listener.message('sharded', bytes(first), bytes(second), undefined);
          return;
        default:
          if (waiting[0]?.push === String(kind)) answered()?.resolve();
          else if (String(kind) === 'sunsubscribe') listener.ended(bytes(first));
      }
    },
  });
  const watch = checkLiveness(limits, {
    onFrozen: () => lose(lost()),
    onQuiet: () => void send(undefined, ['PING']).catch(() => undefined),
  });

  socket.on('data', (chunk: Buffer) => {
    watch.received();
    try {
      decode(chunk);
    } catch (cause) {
      lose(cause instanceof Error ? cause : lost());
    }
  });
  const timeout = setTimeout(() => socket.destroy(new Error('connection timeout')), limits.connectMs);
  try {
    await once(socket, access.tls ? 'secureConnect' : 'connect');
    socket.on('error', lose).on('close', () => lose(lost()));
    const { username, password } = authentication(access.credentials);
    const auth = password === undefined ? [] : ['AUTH', username ?? 'default', password];
    await send(undefined, ['HELLO', '3', ...auth, 'SETNAME', ownClientName]);
    if (access.database !== 0) await send(undefined, ['SELECT', String(access.database)]);
    isAuthenticated = true;
  } catch (cause) {
    socket.on('error', () => undefined);
    isOpen = false;
    end(lost());
    throw connectFailure(cause, access);
  } finally {
    clearTimeout(timeout);
  }
  return {
    subscribe: (kind, channel) =>
      send(`${prefixes[kind]}SUBSCRIBE`.toLowerCase(), [`${prefixes[kind]}SUBSCRIBE`, channel]),
    unsubscribe: (kind, channel) =>
      send(`${prefixes[kind]}UNSUBSCRIBE`.toLowerCase(), [`${prefixes[kind]}UNSUBSCRIBE`, channel]),
    close() {
      if (isOpen) end(lost());
    },
  };
}

function encode(args: readonly Argument[]): Buffer {
  const crlf = Buffer.from('\r\n');
  const parts = args.flatMap((arg) => {
    const argument = Buffer.from(arg);
    return [Buffer.from(`$${argument.length}\r\n`), argument, crlf];
  });
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...parts]);
}

function bytes(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
}
