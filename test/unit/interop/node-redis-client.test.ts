import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { createClient } from '@redis/client';
import { describe, expect, test } from 'vitest';
import { resp2Client, resp3Client } from '../../../src/interop/node-redis-client.js';
import { canary } from '../../helpers/run/canary.js';

const options = (port: number) => ({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } as const });
const classOf = (client: object): unknown => client.constructor;

/** What a client sends when it connects to a server that never answers. */
async function greetingOf(
  connect: (port: number) => { connect(): Promise<unknown>; destroy(): void },
): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port);
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const failed = client.connect().catch(() => undefined);
  const [socket] = await accepted;
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  await failed;
  socket.destroy();
  server.close();
  return bytes.toString();
}

describe('The templates of node-redis clients', () => {
  test('give all duplicates one class, for which createClient builds one for each address', () => {
    expect(classOf(resp2Client().duplicate(options(1)))).toBe(classOf(resp2Client().duplicate(options(2))));
    expect(classOf(resp3Client().duplicate(options(1)))).toBe(classOf(resp3Client().duplicate(options(2))));
    // As long as this is so, the templates are needed.
    expect(classOf(createClient(options(1)))).not.toBe(classOf(createClient(options(2))));
  });

  test('send the protocol and the credentials of each duplicate alone', async () => {
    const [first, second] = [canary('first'), canary('second')];
    const greetings = [
      await greetingOf((port) =>
        resp3Client()
          .duplicate({ ...options(port), username: 'one', password: first })
          .on('error', () => undefined),
      ),
      await greetingOf((port) =>
        resp2Client()
          .duplicate({ ...options(port), username: 'two', password: second })
          .on('error', () => undefined),
      ),
      await greetingOf((port) =>
        resp2Client()
          .duplicate(options(port))
          .on('error', () => undefined),
      ),
    ];
    expect(greetings[0]).toMatch(/HELLO\r\n\$1\r\n3\r\n[^]*AUTH[^]*one/);
    expect(greetings[0]).toContain(first);
    expect(greetings[1]).toMatch(/AUTH[^]*two/);
    expect(greetings[1]).toContain(second);
    expect(greetings[1]).not.toContain('HELLO');
    expect(greetings[1]).not.toContain(first);
    expect(greetings[2]).not.toContain('AUTH');
  });

  test('refuse commands of a duplicate that is not connected', async () => {
    await expect(resp2Client().duplicate(options(1)).sendCommand(['PING'])).rejects.toThrow('The client is closed');
  });
});
