import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** Where a subscriber connects to, and what it survives. */
export interface Reaching {
  /** Asked at every connection. */
  readonly url: () => string;
  /** Called with what went wrong for good. */
  readonly failed: (reason: unknown) => void;
  /** Whether a subscription that ended in this way is simply asked again; by default none is. */
  readonly outlives?: ((reason: unknown) => boolean) | undefined;
}

interface SocketOptions extends Reaching {
  /** The operation, asked again at every connection. */
  readonly operation: () => { query: string; variables: Record<string, unknown> };
  readonly next: (data: Record<string, any>) => void;
}

/** One subscription on a socket of its own that can be cut at any moment and comes back at once. */
export interface Socket {
  /** Ends the connection, politely or not, and opens another. */
  cut(politely: boolean): void;
  close(): void;
}

const retryMs = 50;

export function openSocket({ url, operation, next, failed, outlives = () => false }: SocketOptions): Socket {
  let drop: (politely: boolean) => void = () => undefined;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  const open = (): void => {
    let socket: WebSocket | undefined;
    let isCut = false;
    const ended = (reason: unknown): void => {
      if (isCut) return;
      if (!outlives(reason)) {
        failed(reason);
        return;
      }
      isCut = true;
      void client.dispose();
      retry = setTimeout(open, retryMs);
    };
    const client = createClient({
      url: url().replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      lazy: true,
      retryAttempts: 0,
      on: { opened: (opened) => void (socket = opened as WebSocket) },
    });
    const leave = client.subscribe<Record<string, any>>(operation(), {
      next({ data, errors }) {
        if (isCut) return;
        if (errors || !data) failed(errors);
        else next(data);
      },
      error: ended,
      complete: () => undefined,
    });
    drop = (politely) => {
      // What arrives from now on is as good as lost on the way.
      isCut = true;
      if (politely || !socket) {
        leave();
        void client.dispose();
      } else {
        socket.terminate();
      }
    };
  };
  open();
  return {
    cut(politely) {
      clearTimeout(retry);
      drop(politely);
      if (!isClosed) open();
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      drop(true);
    },
  };
}
