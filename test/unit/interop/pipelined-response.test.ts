import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { waitsForEarlierResponse } from '../../../src/interop/pipelined-response.js';

test('Node gives a response its socket once the responses before it are written', async () => {
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => void responses.push(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.resume().write('GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n');
  while (responses.length < 2) await once(server, 'request');
  const [first, second] = responses as [ServerResponse, ServerResponse];
  expect([first, second].map(waitsForEarlierResponse)).toEqual([false, true]);
  second.write('2');
  expect(second.headersSent).toBe(true);
  first.end('1');
  await once(first, 'close');
  expect(waitsForEarlierResponse(second)).toBe(false);
  second.end();
  client.destroy();
  server.close();
});
