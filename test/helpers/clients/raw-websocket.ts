import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** graphql-transport-ws over a bare TCP socket that reads as slowly as a test requires. */
export interface RawWebSocket extends AsyncDisposable {
  /** The messages read so far. */
  readonly messages: readonly any[];
  send(message: object): void;
  /** Starts an operation. */
  subscribe(id: string, query: string, variables?: Record<string, unknown>): void;
  stopReading(): void;
  startReading(): void;
  /** Reads at most this many bytes at a time, with a pause in milliseconds in between. */
  readSlowly(bytes: number, everyMs: number): void;
  /** The code in the server's close frame; rejects if the connection ends without one. */
  readonly closeCode: Promise<number>;
}

export async function openRawWebSocket(port: number, headers: Record<string, string> = {}): Promise<RawWebSocket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('') +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(`Expected an upgrade, got ${head.toString()}`);

  const messages: any[] = [];
  let slowness: NodeJS.Timeout | undefined;
  const closeCode = readFrames(socket, (text) => messages.push(JSON.parse(text)));
  closeCode.catch(() => undefined);
  const send = (message: object): void => void socket.write(maskedFrame(JSON.stringify(message)));
  send({ type: 'connection_init' });
  // A ping is no message and may come first.
  while (messages.length === 0 && !socket.destroyed) await once(socket, 'data');
  if (messages[0]?.type !== 'connection_ack') throw new Error(`Expected an acknowledgement, got ${messages[0]?.type}.`);
  return {
    messages,
    send,
    subscribe: (id, query, variables) => send({ id, type: 'subscribe', payload: { query, variables } }),
    stopReading: () => void socket.pause(),
    startReading() {
      clearInterval(slowness);
      socket.resume();
    },
    readSlowly(bytes, everyMs) {
      const start = socket.bytesRead;
      let allowed = 0;
      socket.on('data', () => {
        if (slowness && socket.bytesRead - start >= allowed) socket.pause();
      });
      slowness = setInterval(() => {
        allowed = Math.min(allowed, socket.bytesRead - start) + bytes;
        socket.resume();
      }, everyMs);
    },
    closeCode,
    [Symbol.asyncDispose]() {
      clearInterval(slowness);
      socket.destroy();
      return Promise.resolve();
    },
  };
}

/** Resolves with the code of the close frame. */
function readFrames(socket: Socket, onText: (text: string) => void): Promise<number> {
  let pending: Buffer[] = [];
  let size = 0;
  let needed = 2;
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      pending.push(chunk);
      size += chunk.length;
      while (size >= needed) {
        const bytes = Buffer.concat(pending);
        const frame = parseFrame(bytes);
        pending = [bytes];
        if ('needed' in frame) {
          needed = frame.needed;
          continue;
        }
        if (frame.opcode === 1) onText(frame.payload.toString());
        if (frame.opcode === 8) resolve(frame.payload.readUInt16BE());
        pending = [bytes.subarray(frame.length)];
        size -= frame.length;
        needed = 2;
      }
    });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('The connection ended without a close frame.')));
  });
}

/** Parses a server's frame, which has no mask; or returns how many bytes it needs. */
function parseFrame(bytes: Buffer): { needed: number } | { opcode: number; payload: Buffer; length: number } {
  const short = bytes[1]! & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return { needed: head };
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const length = head + size;
  if (bytes.length < length) return { needed: length };
  return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(head, length), length };
}

/** A client's text frame with a mask of zeros. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), payload]);
}
