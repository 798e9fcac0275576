import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const temporaryCodes = new Set(['UNKNOWN_OUTCOME', 'CLUSTER_UNAVAILABLE', 'TIMEOUT', 'SHUTTING_DOWN', 'NO_ANSWER']);

/** Tests whether an error is a temporary outage. */
export const isTemporary = (code: unknown): boolean => temporaryCodes.has(String(code));

/** The server of a subscriber, and the failures that it survives. */
export interface Reaching {
  /** Called for every connection. */
  readonly url: () => string;
  /** Called with permanent failures. */
  readonly failed: (reason: unknown) => void;
  /** Whether to subscribe again after this failure; by default never. */
  readonly survives?: ((reason: unknown) => boolean) | undefined;
}

interface SocketOptions extends Reaching {
  /** The operation; created again for every connection. */
  readonly operation: () => { query: string; variables: Record<string, unknown> };
  readonly next: (data: Record<string, any>) => void;
}

/** One subscription on its own socket, which can be cut at any moment and reconnects at once. */
export interface Socket {
  /** Closes the connection, cleanly or not, and opens another. */
  cut(cleanly: boolean): void;
  close(): void;
}

const retryMs = 50;

export function openSocket({ url, operation, next, failed, survives = () => false }: SocketOptions): Socket {
  let drop: (cleanly: boolean) => void = () => undefined;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  const open = (): void => {
    let socket: WebSocket | undefined;
    let isCut = false;
    const ended = (reason: unknown): void => {
      if (isCut) return;
      if (!survives(reason)) {
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
    drop = (cleanly) => {
      // Later messages count as lost on the way.
      isCut = true;
      if (cleanly || !socket) {
        leave();
        void client.dispose();
      } else {
        socket.terminate();
      }
    };
  };
  open();
  return {
    cut(cleanly) {
      clearTimeout(retry);
      drop(cleanly);
      if (!isClosed) open();
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      drop(true);
    },
  };
}
