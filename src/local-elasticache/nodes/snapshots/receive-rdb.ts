import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { NodeAddress } from '../interfaces.js';

interface RdbSource extends NodeAddress {
  readonly username: string;
  readonly password: string;
  /** PEM of the certificate authority, if the node uses TLS. */
  readonly ca: string | undefined;
}

/** The node sends line feeds while it prepares the data, so this long a silence means that it is gone. */
const silenceMs = 60_000;
const endMarkLength = 40;

/**
 * Writes the data of a node to `file` as an RDB file, flushed to the disk, and resolves to its size. It receives the data
 * like a new replica, so that the node writes no file of its own. A failed attempt leaves no file.
 */
export async function receiveRdb(source: RdbSource, file: string, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const scratch = `${file}.new`;
  const socket = await connect(source);
  const abort = (): void => void socket.destroy(new Error('The snapshot was interrupted.'));
  signal.addEventListener('abort', abort);
  try {
    await using handle = await open(scratch, 'w', 0o600);
    const size = await receive(socket, source, handle);
    await handle.sync();
    await rename(scratch, file);
    return size;
  } catch (cause) {
    await rm(scratch, { force: true });
    throw cause;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function connect({ host, port, ca }: RdbSource): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = ca === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ca });
    socket.setTimeout(silenceMs, () => socket.destroy(new Error('The node did not send its data in time.')));
    socket.once('error', reject);
    socket.once(ca === undefined ? 'connect' : 'secureConnect', () => {
      socket.off('error', reject);
      // An error while nothing is read is reported by the next read.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

async function receive(socket: Socket, { username, password }: RdbSource, file: FileHandle): Promise<number> {
  const chunks: AsyncIterator<Buffer> = socket.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer> => {
    const next = await chunks.next();
    if (next.done === true) throw new Error('The node closed the connection before it had sent its data.');
    return next.value;
  };
  const line = async (): Promise<string> => {
    for (;;) {
      const end = rest.indexOf('\n');
      const text = rest.toString('latin1', 0, Math.max(end, 0)).trim();
      if (end >= 0) rest = rest.subarray(end + 1);
      if (text.startsWith('-')) throw new Error(`The node refused to send its data: ${text.slice(1, 200)}`);
      if (text !== '') return text;
      if (end < 0) rest = Buffer.concat([rest, await more()]);
    }
  };
  const commands = [
    ['AUTH', username, password],
    // The data end with a mark; the node need not write a file to know their length.
    ['REPLCONF', 'capa', 'eof'],
    ['REPLCONF', 'rdb-only', '1'],
  ];
  for (const command of commands) {
    socket.write(encode(command));
    await line();
  }
  socket.write(encode(['SYNC']));
  const header = await line();
  const mark = header.startsWith('$EOF:') ? Buffer.from(header.slice('$EOF:'.length), 'latin1') : undefined;
  const length = mark ? undefined : Number(header.slice(1));
  if (mark ? mark.length !== endMarkLength : !Number.isSafeInteger(length)) {
    throw new Error('The node did not announce its data as expected.');
  }
  let size = 0;
  /** The last bytes received, which may be the mark. */
  let held: Buffer = Buffer.alloc(0);
  for (let chunk = rest; ; chunk = await more()) {
    held = Buffer.concat([held, chunk]);
    const isComplete = mark ? held.subarray(-endMarkLength).equals(mark) : size + held.length >= (length ?? 0);
    const kept = mark ? endMarkLength : 0;
    const data = held.subarray(0, Math.max(held.length - kept, 0));
    await file.write(data);
    size += data.length;
    held = held.subarray(data.length);
    if (isComplete) return size;
  }
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}
