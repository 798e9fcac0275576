import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Pings sockets and ends those that do not answer: a client whose machine or network is gone closes nothing. */
export interface KeepAlive {
  /** `netSocket` is the one below it: while something waits there a ping would only queue. Returns its undo. */
  add(socket: WebSocket, netSocket: Socket): () => void;
  close(): void;
}

/** Sockets are pinged in as many turns, so that those of a full server are not all pinged at once. */
const turns = 12;

/** Every socket is pinged every `intervalMs`, and ended when one ping has not been answered by the next. */
export function createKeepAlive(intervalMs: number): KeepAlive {
  const rounds = Array.from({ length: turns }, () => new Map<WebSocket, Socket>());
  const unanswered = new WeakSet<WebSocket>();
  let turn = 0;
  let added = 0;

  const ping = (socket: WebSocket, netSocket: Socket): void => {
    if (netSocket.writableLength > 0) {
      unanswered.delete(socket);
    } else if (unanswered.has(socket)) {
      socket.terminate();
    } else {
      unanswered.add(socket);
      socket.ping();
    }
  };
  const timer = setInterval(() => {
    turn = (turn + 1) % turns;
    for (const [socket, netSocket] of rounds[turn] ?? []) ping(socket, netSocket);
  }, intervalMs / turns).unref();
  // One function for all sockets.
  function answered(this: WebSocket): void {
    unanswered.delete(this);
  }

  return {
    add(socket, netSocket) {
      added = (added + 1) % turns;
      const round = rounds[added];
      round?.set(socket, netSocket);
      socket.on('pong', answered);
      return () => round?.delete(socket);
    },
    close: () => clearInterval(timer),
  };
}
