import { Socket } from 'node:net';
import { vi } from 'vitest';

/** Counts the writes of this process's sockets to the operating system; each is one system call while the other end reads. */
export interface SocketWrites extends Disposable {
  /** The number of writes since the last call, for each socket that wrote. */
  taken(): number[];
}

/** `port` is that of a server in this process, or with `remotePort` that of a server that this process is a client of. */
export function countWrites(port: number, end: 'localPort' | 'remotePort' = 'localPort'): SocketWrites {
  const counts = new Map<Socket, number>();
  const count = (socket: Socket): void => {
    if (socket[end] === port) counts.set(socket, (counts.get(socket) ?? 0) + 1);
  };
  const prototype = Socket.prototype as Required<Socket>;
  const { _write: write, _writev: writev } = prototype;
  const one = vi.spyOn(prototype, '_write').mockImplementation(function (this: Socket, ...args) {
    count(this);
    write.apply(this, args);
  });
  const several = vi.spyOn(prototype, '_writev').mockImplementation(function (this: Socket, ...args) {
    count(this);
    writev.apply(this, args);
  });
  return {
    taken() {
      const all = [...counts.values()];
      counts.clear();
      return all;
    },
    [Symbol.dispose]() {
      one.mockRestore();
      several.mockRestore();
    },
  };
}
