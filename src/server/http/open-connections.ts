import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { waitsForEarlierResponse } from '../../interop/pipelined-response.js';

/** The open HTTP connections of a server, so that closing the server does not wait for idle clients. */
export interface OpenConnections {
  /** Closes idle connections immediately, and each other one after its answer. */
  closeWhenAnswered(): void;
  /** Stops tracking a connection that was upgraded to another protocol. */
  forget(socket: Socket): void;
  /** Calls back once no answer is pending on a connection. */
  whenAnswered(socket: Socket, callback: () => void): void;
  /** Whether an answer is being written, so that nothing else may be written. */
  isBeingWritten(socket: Duplex): boolean;
}

/**
 * The state of one connection. The map below changes with connections and not with requests, because a map that changes with each
 * request keeps requests in memory (docs/decisions/garbage-collection.md).
 */
class Connection {
  /** The latest answer that has not been sent completely. */
  answering: ServerResponse | undefined;
}

/**
 * Tracks a server's connections. node's `closeIdleConnections` does not close connections without a first request, which browsers and
 * fetch pools keep in reserve.
 */
export function trackConnections(server: Server): OpenConnections {
  const open = new Map<Duplex, Connection>();
  let isClosing = false;
  // One function for all sockets, because WebSockets keep this listener for their whole life.
  function closed(this: Socket): void {
    open.delete(this);
  }
  server.on('connection', (socket: Socket) => {
    // If an upgrade is ignored, the server emits `connection` again for the same socket.
    if (open.has(socket)) return;
    open.set(socket, new Connection());
    socket.on('close', closed);
  });
  // One function for all answers, too.
  function answered(this: ServerResponse): void {
    const { socket } = this.req;
    const connection = open.get(socket);
    if (connection?.answering === this) connection.answering = undefined;
    if (isClosing) socket.end();
  }
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(socket);
    if (!connection) return;
    connection.answering = response;
    response.on('close', answered);
  });
  return {
    closeWhenAnswered() {
      isClosing = true;
      for (const [socket, { answering }] of open) if (!answering) socket.destroy();
    },
    forget: (socket) => open.delete(socket),
    whenAnswered(socket, callback) {
      const response = open.get(socket)?.answering;
      if (!response) {
        callback();
        return;
      }
      // Node has removed its own error listener. Without one, an error would end the process.
      const ignore = (): void => undefined;
      socket.on('error', ignore);
      response.once('close', () => {
        socket.off('error', ignore);
        callback();
      });
    },
    isBeingWritten(socket) {
      const response = open.get(socket)?.answering;
      return response !== undefined && (response.headersSent || waitsForEarlierResponse(response));
    },
  };
}
