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
  const stepMs = intervalMs / turns;
  let startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  /** The turn that is waited for, counted from the start. */
  let planned = Infinity;
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
  const elapsedMs = (): number => performance.now() - startedAt;
  const plan = (turn: number): void => {
    if (turn >= planned) return;
    clearTimeout(timer);
    planned = turn;
    timer = setTimeout(pingTurn, Math.max(1, turn * stepMs - elapsedMs())).unref();
  };
  const pingTurn = (): void => {
    const turn = planned;
    planned = Infinity;
    // After a suspension the turns go on in their order and pace: a client has its time to answer.
    const lateMs = elapsedMs() - turn * stepMs;
    if (lateMs > stepMs) startedAt += lateMs;
    for (const [socket, netSocket] of rounds[turn % turns] ?? []) ping(socket, netSocket);
    // Turns without a socket are passed over.
    for (let next = turn + 1; next <= turn + turns; next += 1) if ((rounds[next % turns]?.size ?? 0) > 0) plan(next);
  };
  // One function for all sockets.
  function answered(this: WebSocket): void {
    unanswered.delete(this);
  }

  return {
    add(socket, netSocket) {
      added = (added + 1) % turns;
      const round = rounds[added];
      round?.set(socket, netSocket);
      const next = Math.floor(elapsedMs() / stepMs) + 1;
      plan(next + ((added - next + turns * next) % turns));
      socket.on('pong', answered);
      return () => round?.delete(socket);
    },
    close: () => clearTimeout(timer),
  };
}
