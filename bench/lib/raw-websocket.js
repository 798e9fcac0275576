import { once } from 'node:events';
import { request } from 'node:http';

/**
 * A WebSocket without a parser of frames: what arrives is handed on as it is. Servers do not mask, so that text can be
 * found in it at a fraction of what a client library costs, and the load is not what is measured.
 */
export async function openRawWebSocket(url) {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'Y2FjaGVncmFwaC1iZW5jaA==',
    'sec-websocket-protocol': 'graphql-transport-ws',
  };
  const asked = request(url.replace('ws:', 'http:'), { headers, agent: false }).end();
  const refused = once(asked, 'response').then(([{ statusCode }]) => {
    throw new Error(`${url} answered ${statusCode} instead of upgrading.`);
  });
  const [, socket, head] = await Promise.race([once(asked, 'upgrade'), refused]);
  socket.on('error', () => undefined);
  if (head.length > 0) socket.unshift(head);
  socket.on('data', (chunk) => chunk.includes(ping) && socket.write(pong));
  return { socket, send: (message) => socket.write(textFrame(JSON.stringify(message))) };
}

// Searched like text. If the same bytes occur elsewhere, an extra pong does no harm.
const ping = Buffer.from([0x89, 0x00]);
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** RFC 6455, section 5.2: final, text, masked with zeros, as a client must mask. */
function textFrame(text) {
  const payload = Buffer.from(text);
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}
