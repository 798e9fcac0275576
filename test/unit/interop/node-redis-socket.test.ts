import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { createClient } from '@redis/client';
import { afterEach, describe, expect, test } from 'vitest';
import { onBytesReceived, socketOpenedBy } from '../../../src/interop/node-redis-socket.js';
import { writeQueueOf } from '../../../src/interop/socket-write-progress.js';
import { createAuthority, issueNodeCertificate } from '../../../src/local-elasticache/nodes/tls/authority.js';
import { eventually } from '../../helpers/run/eventually.js';

const MiB = 1024 * 1024;
const greeting = '%1\r\n$4\r\nrole\r\n$6\r\nmaster\r\n';
const close: (() => void)[] = [];
afterEach(() => {
  for (const each of close.splice(0)) each();
});

/** A client of node-redis, connected to a server that greets it and then leaves everything to the test. */
async function connect(withTls: boolean) {
  const authority = await createAuthority();
  const { key, certificate: cert } = await issueNodeCertificate(authority, '127.0.0.1');
  const accepted: Socket[] = [];
  const accept = (socket: Socket): void => {
    accepted.push(socket);
    socket.on('error', () => undefined).once('data', () => socket.write(greeting));
  };
  const server: Server = withTls ? tls.createServer({ key, cert }, accept) : net.createServer(accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const tcp = withTls ? net.connect(endpoint) : undefined;
  if (tcp) await once(tcp, 'connect');
  const client = createClient({
    RESP: 3,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 },
    socket: tcp
      ? { ...endpoint, reconnectStrategy: false, tls: true, socket: tcp, ca: authority.certificate }
      : { ...endpoint, reconnectStrategy: false },
  }).on('error', () => undefined);
  close.push(
    () => client.destroy(),
    () => accepted[0]?.destroy(),
    () => server.close(),
  );
  let received = 0;
  onBytesReceived(client, () => (received += 1));
  let connected: Promise<unknown> | undefined;
  const opened = socketOpenedBy(() => void (connected = client.connect()));
  await connected;
  return { client, opened, tcp: opened ?? tcp!, server: accepted[0]!, received: () => received };
}

describe.each([
  ['over TCP', false],
  ['over TLS', true],
])('A client of node-redis %s', (_title, withTls) => {
  test('opens its socket before it waits, or uses the one that it receives', async () => {
    const { opened, tcp, server } = await connect(withTls);
    expect(opened === undefined).toBe(withTls);
    expect(tcp.localPort).toBe(server.remotePort);
  });

  test('reports bytes of an incomplete reply, and decodes the reply', async () => {
    const { client, server, received } = await connect(withTls);
    const reply = client.get('k');
    const before = received();
    server.write('$10\r\nhello');
    await eventually(() => expect(received()).toBe(before + 1));
    server.write('world\r\n');
    expect(await reply).toBe('helloworld');
  });

  test('shows how much of a large value the operating system has accepted', async () => {
    const { client, tcp, server } = await connect(withTls);
    server.pause();
    const replied = client.set('k', Buffer.alloc(64 * MiB));
    await eventually(() => expect(writeQueueOf(tcp)!.waiting).toBeGreaterThan(0));
    const before = writeQueueOf(tcp)!;
    let read = 0;
    server.on('data', ({ length }: Buffer) => {
      read += length;
      if (read > 32 * MiB) server.pause();
    });
    server.resume();
    await eventually(() => expect(read).toBeGreaterThan(32 * MiB));
    const after = writeQueueOf(tcp)!;
    expect(after.accepted).toBeGreaterThan(before.accepted);
    expect(after.waiting).toBeGreaterThan(0);
    server.removeAllListeners('data').resume();
    await eventually(() => expect(writeQueueOf(tcp)!.waiting).toBe(0));
    expect(writeQueueOf(tcp)!.accepted).toBeGreaterThan(64 * MiB);
    server.write('+OK\r\n');
    expect(await replied).toBe('OK');
  });
});

test('a closed socket has no write queue', () => {
  const socket = new net.Socket();
  socket.destroy();
  expect(writeQueueOf(socket)).toBeUndefined();
});
