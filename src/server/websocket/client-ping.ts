import { CloseCode, MessageType } from 'graphql-ws';
import type { AuthorizedConnection } from '../authorized-connections.js';
import { maskError } from '../execution/results/mask-errors.js';
import type { TransportOptions } from '../transport-options.js';
import { credentialsIn, type SocketCaller } from './caller.js';
import type { SocketOperations } from './running-operations.js';

/** The parts of a socket that a ping may use. */
interface PingedSocket extends AuthorizedConnection {
  readonly caller: SocketCaller;
  readonly operations: SocketOperations;
  readonly isReleased: boolean;
  send(data: string): void;
  close(code: number, reason: string): void;
}

type PingOptions = Pick<TransportOptions, 'authorizedConnections' | 'shared' | 'log'>;

/** Answers a client's ping. One with a fresh token renews the credentials of the socket. */
export function answerPing(socket: PingedSocket, payload: unknown, options: PingOptions): Promise<void> | void {
  const authorization = credentialsIn(payload);
  if (authorization === undefined) pong(socket, payload);
  else if (socket.caller.isAdmitted) return renew(socket, authorization, options);
  else pong(socket, { authenticated: false });
}

async function renew(socket: PingedSocket, authorization: string, options: PingOptions): Promise<void> {
  const { caller, operations } = socket;
  const renewed = await caller.renew(authorization);
  if (socket.isReleased) return;
  if (renewed === 'other subject') {
    socket.close(CloseCode.Forbidden, 'Forbidden');
    return;
  }
  if (renewed !== 'renewed') {
    const { message, extensions } = maskError(renewed.error, options);
    pong(socket, { authenticated: false, code: extensions['code'], message });
    return;
  }
  options.authorizedConnections.add(socket);
  pong(socket, { authenticated: true, expiresAt: caller.expiresAtText });
  operations.regroup((operation) => options.shared(operation, caller.principal.group));
  await socket.reauthorize();
}

function pong(socket: PingedSocket, payload: unknown): void {
  socket.send(JSON.stringify({ type: MessageType.Pong, payload }));
}
