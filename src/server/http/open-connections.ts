import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { waitsForEarlierResponse } from '../../interop/pipelined-response.js';

/** The HTTP connections of a server that is to be closed without waiting for clients that ask nothing. */
export interface OpenConnections {
  /** Closes each connection once nothing is being answered on it: now, or after its answer. */
  closeWhenAnswered(): void;
  /** A connection that is no longer HTTP is somebody else's. */
  forget(socket: Socket): void;
  /** Calls back once nothing is being answered on a connection. */
  whenAnswered(socket: Socket, callback: () => void): void;
  /** Whether bytes of an answer are on their way, so that nothing else may be written. */
  isBeingWritten(socket: Duplex): boolean;
}

/**
 * What is known of one connection. Kept as long as the connection: a map that gains and loses an entry with each request makes V8
 * keep the requests themselves, since each of its outgrown tables refers to the next one, until the old generation is collected.
 */
class Connection {
  /** The newest answer that has not been sent whole. */
  answering: ServerResponse | undefined;
}

/**
 * node's own `closeIdleConnections` leaves those open that have never asked anything, as browsers and fetch pools hold
 * them in reserve.
 */
export function trackConnections(server: Server): OpenConnections {
  const open = new Map<Duplex, Connection>();
  let isClosing = false;
  // One function for all sockets: those of WebSockets keep it.
  function closed(this: Socket): void {
    open.delete(this);
  }
  server.on('connection', (socket: Socket) => {
    // A connection whose upgrade is ignored is announced a second time.
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
      // Node has taken its own listener off, and a failure would end the process.
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
