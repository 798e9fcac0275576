import type { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** A socket whose peer accepts exactly as many bytes as the test allows. */
export interface StubbornSocket {
  readonly socket: Socket;
  /** The peer accepts this many bytes; by default all that wait. */
  take(this: void, bytes?: number): void;
}

export function createStubbornSocket(): StubbornSocket {
  let onItsWay = 0;
  let taken = 0;
  let done: (() => void) | undefined;
  const start = (bytes: number, callback: () => void): void => {
    onItsWay = bytes;
    done = () => {
      taken += bytes;
      callback();
    };
  };
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, callback) => start(chunk.length, callback),
    writev: (chunks, callback) => {
      const bytes = chunks.reduce((sum, { chunk }) => sum + (chunk as Buffer).length, 0);
      start(bytes, callback);
    },
  });
  const handle = {
    get writeQueueSize() {
      return onItsWay;
    },
  };
  // Like Node.js, counts a write in progress in both lengths until it is complete.
  Object.defineProperties(stream, {
    bytesWritten: { get: () => taken + stream.writableLength },
    _handle: { value: handle },
  });
  const takeSome = (bytes: number): number => {
    const some = Math.min(bytes, onItsWay);
    onItsWay -= some;
    if (onItsWay === 0) {
      const finish = done;
      done = undefined;
      finish?.();
    }
    return some;
  };
  return {
    socket: stream as unknown as Socket,
    take(bytes = stream.writableLength) {
      let left = bytes;
      while (done && left > 0) left -= takeSome(left);
    },
  };
}
