import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Pings sockets and terminates those that do not answer: a client whose machine or network is gone sends no close. */
export interface KeepAlive {
  /** `netSocket` is the socket below it: while bytes wait there, a ping would only queue. Returns a function that removes both. */
  add(socket: WebSocket, netSocket: Socket): () => void;
  close(): void;
}

/** Sockets are spread over this many rounds in each interval, so that a full server does not ping all of them at once. */
const roundCount = 12;

/** Pings every socket every `intervalMs`, and terminates a socket that has not answered one ping by the next. */
export function createKeepAlive(intervalMs: number): KeepAlive {
  const rounds = Array.from({ length: roundCount }, () => new Map<WebSocket, Socket>());
  const unanswered = new WeakSet<WebSocket>();
  const stepMs = intervalMs / roundCount;
  let startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  /** The number of the next ping round, counted from the start. */
  let planned = Infinity;
  let last = 0;
  let added = 0;

  const socketsIn = (round: number): ReadonlyMap<WebSocket, Socket> => rounds[round % roundCount] ?? none;
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
  const plan = (round: number): void => {
    if (round >= planned) return;
    clearTimeout(timer);
    planned = round;
    timer = setTimeout(pingRound, Math.max(1, round * stepMs - elapsedMs())).unref();
  };
  const pingRound = (): void => {
    const round = planned;
    planned = Infinity;
    last = round;
    // After the process was suspended, the rounds keep their order and distance, so that clients have their time to answer.
    const lateMs = elapsedMs() - round * stepMs;
    if (lateMs > stepMs) startedAt += lateMs;
    for (const [socket, netSocket] of socketsIn(round)) ping(socket, netSocket);
    // Rounds without sockets are skipped.
    for (let next = round + 1; next <= round + roundCount; next += 1) if (socketsIn(next).size > 0) plan(next);
  };
  // One function for all sockets, to save memory.
  function answered(this: WebSocket): void {
    unanswered.delete(this);
  }

  return {
    add(socket, netSocket) {
      added = (added + 1) % roundCount;
      const round = rounds[added];
      round?.set(socket, netSocket);
      // A timer may fire a moment early: the same round must not follow at once, before its sockets can answer.
      const next = Math.max(Math.floor(elapsedMs() / stepMs), last) + 1;
      plan(next + ((added - next + roundCount * next) % roundCount));
      socket.on('pong', answered);
      return () => round?.delete(socket);
    },
    close: () => clearTimeout(timer),
  };
}

const none: ReadonlyMap<WebSocket, Socket> = new Map();
