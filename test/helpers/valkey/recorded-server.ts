import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP server that replies like a Valkey server of which a test has recorded the replies. */
export interface RecordedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The commands received, without those of the connection itself. */
  readonly commands: readonly (readonly string[])[];
}

const greeting = '%2\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n';

/** A bulk string as a server sends it. */
export const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** `reply` returns the bytes that the server sends; undefined for a command that it does not have. */
export async function startRecordedServer(
  reply: (command: readonly string[]) => string | Buffer | undefined,
): Promise<RecordedServer> {
  const commands: string[][] = [];
  const sockets = new Set<Socket>();
  const answer = (command: string[]): string | Buffer => {
    const [name = ''] = command;
    if (name === 'HELLO') return greeting;
    commands.push(command);
    return reply(command) ?? `-ERR unknown command '${name}', with args beginning with: \r\n`;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (;;) {
        const parsed = parseCommand(received);
        if (!parsed) return;
        received = received.slice(parsed.length);
        socket.write(answer(parsed.command));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The first command of the bytes, as Latin-1; undefined if it is incomplete. */
function parseCommand(received: string): { command: string[]; length: number } | undefined {
  const line = (from: number) => {
    const end = received.indexOf('\r\n', from);
    return end < 0 ? undefined : { count: Number(received.slice(from + 1, end)), next: end + 2 };
  };
  const head = line(0);
  if (!head) return undefined;
  const command: string[] = [];
  let at = head.next;
  while (command.length < head.count) {
    const size = line(at);
    if (!size || received.length < size.next + size.count + 2) return undefined;
    command.push(received.slice(size.next, size.next + size.count));
    at = size.next + size.count + 2;
  }
  return { command, length: at };
}
