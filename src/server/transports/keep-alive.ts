import type { WebSocket } from 'ws';

/**
 * Pings a socket every `intervalMs` and ends it when one ping has not been answered by the next: a client whose machine
 * or network is gone closes nothing. While it `isBehind`, a ping would only queue. Returns its undo.
 */
export function keepAlive(socket: WebSocket, intervalMs: number, isBehind: () => boolean): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const pings = setInterval(() => {
    if (isBehind()) {
      answered = true;
      return;
    }
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, intervalMs).unref();
  return () => clearInterval(pings);
}
