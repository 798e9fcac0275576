import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../helpers/apis/test-api.js';

const h2c = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n';
const body = JSON.stringify({ query: 'query ($name: String) { hello(name: $name) }', variables: { name: 'é' } });
const post = (headers: string, target = '/graphql'): string =>
  `POST ${target} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}` +
  `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** A connection whose answers are read one by one. */
function open(api: TestApi): { readonly socket: Socket; answer(this: void): Promise<string> } {
  const socket = connect(api.port, '127.0.0.1');
  let read = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (read += chunk));
  return {
    socket,
    async answer() {
      for (;;) {
        const [whole, length = '0'] = /^HTTP[^]*?content-length: (\d+)[^]*?\r\n\r\n/i.exec(read) ?? [];
        const size = Buffer.byteLength(whole ?? '') + Number(length);
        const bytes = Buffer.from(read);
        if (whole !== undefined && bytes.length >= size) {
          read = bytes.subarray(size).toString();
          return bytes.subarray(0, size).toString();
        }
        await once(socket, 'data');
      }
    },
  };
}

describe('An upgrade to an unknown protocol is ignored, and the request is answered', () => {
  test.each([
    ['h2c', h2c],
    ['several', 'connection: upgrade\r\nupgrade: h2c, websocket\r\n'],
    ['TLS', 'connection: keep-alive, Upgrade\r\nupgrade: TLS/1.0\r\n'],
    ['WebSocket with a body', 'connection: Upgrade\r\nupgrade: websocket\r\n'],
  ])('%s: by POST with a body, and the connection stays open', async (_, headers) => {
    await using api = await startTestApi();
    const { socket, answer } = open(api);
    socket.write(post(headers));
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 [^]*"hello é"/);
    socket.write(post(''));
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 [^]*"hello é"/);
    socket.destroy();
  });

  test('many times on one connection, with headers and body in pieces', async () => {
    await using api = await startTestApi();
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const { socket, answer } = open(api);
    for (let count = 0; count < 30; count += 1) {
      const request = Buffer.from(post(h2c));
      const middle = Math.floor((request.length * (count + 1)) / 31);
      socket.write(request.subarray(0, middle));
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(request.subarray(middle));
      expect(await answer()).toContain('"hello é"');
    }
    process.off('warning', note);
    expect(warnings).toEqual([]);
    socket.destroy();
  });

  test('in order, after a request that is not answered yet', async () => {
    await using api = await startTestApi({ operationTimeoutMs: 100 });
    const { socket, answer } = open(api);
    const never = JSON.stringify({ query: '{ never }' });
    const json = 'host: localhost\r\ncontent-type: application/json\r\n';
    socket.write(`POST /graphql HTTP/1.1\r\n${json}content-length: ${never.length}\r\n\r\n${never}${post(h2c)}`);
    expect(await answer()).toContain('TIMEOUT');
    expect(await answer()).toContain('"hello é"');
    socket.destroy();
  });

  test('with the same refusals', async () => {
    await using api = await startTestApi();
    const { socket, answer } = open(api);
    socket.write(post(`${h2c}origin: https://evil.example\r\n`));
    expect(await answer()).toMatch(/^HTTP\/1\.1 403 [^]*FORBIDDEN/);
    socket.destroy();
  });

  test('and the connection is closed afterwards if the client requests it', async () => {
    await using api = await startTestApi();
    const { socket, answer } = open(api);
    socket.write(post('connection: close, upgrade\r\nupgrade: h2c\r\n'));
    expect(await answer()).toContain('"hello é"');
    if (!socket.closed) await once(socket, 'close');
  });
});

describe('A request target in absolute form', () => {
  test('is treated as its path, with its host', async () => {
    await using api = await startTestApi();
    const { socket, answer } = open(api);
    for (const target of ['http://localhost/graphql', 'HTTPS://127.0.0.1:4000/graphql']) {
      socket.write(post('', target));
      expect(await answer()).toContain('"hello é"');
    }
    socket.write('GET http://localhost/graphql?query={hello} HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await answer()).toContain('"hello undefined"');
    socket.write(post('', 'http://evil.example/graphql'));
    expect(await answer()).toMatch(/^HTTP\/1\.1 403 /);
    socket.write(post('', 'http://localhost/nowhere?graphql'));
    expect(await answer()).toMatch(/^HTTP\/1\.1 404 /);
    socket.destroy();
  });

  test('opens a WebSocket', async () => {
    await using api = await startTestApi();
    const { socket } = open(api);
    const handshake = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
    socket.write(
      `GET http://localhost/graphql HTTP/1.1\r\nhost: localhost\r\n${handshake}sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });
});

describe('An empty URL parameter', () => {
  test.each(['variables', 'extensions', 'operationName', 'documentId', 'id'])('is ignored: %s', async (name) => {
    await using api = await startTestApi();
    const response = await fetch(`${api.url}?query={hello}&${name}=`, { headers: { accept: 'application/json' } });
    expect(await response.json()).toEqual({ data: { hello: 'hello undefined' } });
  });
});
