import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { createRespDecoder } from '../../../../interop/resp-decoder.js';
import { startRunningTimeout } from '../../../../runtime/running-timeout.js';
import { CommandError } from '../../command-error.js';
import type { Argument } from '../../interfaces.js';
import type { ValkeyLimits } from '../limits.js';
import { connectFailure, unreachable } from './connection-errors.js';
import { checkLiveness } from './liveness-check.js';
import { authentication, type NodeAccess } from './node-client.js';
import { ownClientName } from './own-client-name.js';

/**
 * One authenticated RESP3 connection for pushes: messages of channels, or invalidations of keys. Values of replies are not needed, so
 * only errors are passed on.
 */
export interface PushSocket {
  /**
   * Resolves when Valkey has confirmed: by a reply, or by a push of this kind, such as `ssubscribe`. Rejects with `CommandError`, or
   * with `Outage` if the connection is lost.
   */
  send(args: readonly Argument[], confirmedBy?: string): Promise<void>;
  close(): void;
}

export interface PushSocketListener {
  /** Receives each push that confirms no command: its kind, and the whole push. */
  push(this: void, kind: string, push: readonly unknown[]): void;
  /** Called only after a successful opening. An earlier failure rejects the opening. */
  lost(this: void, reason: Error): void;
}

interface SentCommand {
  /** The kind of push that confirms the command; undefined for a command with a plain reply. */
  readonly push: string | undefined;
  resolve(): void;
  reject(reason: Error): void;
}

/** @throws ExpectedFailure PERMISSION_DENIED, NOT_CONNECTED; Outage CLUSTER_UNAVAILABLE */
export async function openPushSocket(
  access: NodeAccess,
  limits: ValkeyLimits,
  listener: PushSocketListener,
): Promise<PushSocket> {
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

  // All commands of a tick leave in one write: thousands of channels or keys are restored at once.
  const writeSoon = (command: Buffer): void => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(command);
  };
  const send: PushSocket['send'] = (args, confirmedBy) =>
    new Promise((resolve, reject) => {
      if (!isOpen) {
        reject(lost());
        return;
      }
      watch.sent();
      waiting.push({ push: confirmedBy, resolve, reject });
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
      const kind = String(push[0]);
      if (waiting[0]?.push === kind) answered()?.resolve();
      else listener.push(kind, push);
    },
  });
  const watch = checkLiveness(limits, {
    onFrozen: () => lose(lost()),
    onQuiet: () => void send(['PING']).catch(() => undefined),
    // Its commands are small.
    writeQueue: () => undefined,
  });

  socket.on('data', (chunk: Buffer) => {
    watch.received();
    try {
      decode(chunk);
    } catch (cause) {
      lose(cause instanceof Error ? cause : lost());
    }
  });
  const cancelTimeout = startRunningTimeout(limits.connectMs, () => socket.destroy(new Error('connection timeout')));
  try {
    await once(socket, access.tls ? 'secureConnect' : 'connect');
    socket.on('error', lose).on('close', () => lose(lost()));
    const { username, password } = authentication(access.credentials);
    const auth = password === undefined ? [] : ['AUTH', username ?? 'default', password];
    await send(['HELLO', '3', ...auth, 'SETNAME', ownClientName]);
    if (access.database !== 0) await send(['SELECT', String(access.database)]);
    isAuthenticated = true;
  } catch (cause) {
    socket.on('error', () => undefined);
    isOpen = false;
    end(lost());
    throw connectFailure(cause, access);
  } finally {
    cancelTimeout();
  }
  return {
    send,
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
