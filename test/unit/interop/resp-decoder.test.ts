import { expect, test } from 'vitest';
import { createRespDecoder } from '../../../src/interop/resp-decoder.js';

/** A channel name that is not UTF-8. */
const channel = Buffer.from([0x63, 0xff, 0x00, 0x0d, 0x0a]);
const payload = Buffer.from('héllo');
const bulk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);

const stream = Buffer.concat([
  Buffer.from('%2\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n$5\r\nproto\r\n:3\r\n'),
  Buffer.from('>3\r\n$9\r\nsubscribe\r\n'),
  bulk(channel),
  Buffer.from(':1\r\n'),
  Buffer.from('>3\r\n$7\r\nmessage\r\n'),
  bulk(channel),
  bulk(payload),
  Buffer.from('-NOPERM no access\r\n'),
  Buffer.from('>4\r\n$8\r\npmessage\r\n'),
  ...[bulk(Buffer.from('c*')), bulk(channel), bulk(payload)],
  Buffer.from('>2\r\n$10\r\ninvalidate\r\n*2\r\n'),
  ...[bulk(channel), bulk(payload)],
  Buffer.from('>2\r\n$10\r\ninvalidate\r\n_\r\n'),
  Buffer.from('+PONG\r\n'),
]);

const decoded = [
  'reply',
  ['push', Buffer.from('subscribe'), channel, 1],
  ['push', Buffer.from('message'), channel, payload],
  'error NOPERM no access',
  ['push', Buffer.from('pmessage'), Buffer.from('c*'), channel, payload],
  ['push', Buffer.from('invalidate'), [channel, payload]],
  ['push', Buffer.from('invalidate'), null],
  'reply',
];

function decode(chunks: readonly Buffer[]): unknown[] {
  const received: unknown[] = [];
  const write = createRespDecoder({
    onReply: () => received.push('reply'),
    onErrorReply: (message) => received.push(`error ${message}`),
    onPush: (push) => received.push(['push', ...push]),
  });
  for (const chunk of chunks) write(chunk);
  return received;
}

test('node-redis decodes replies, errors and pushes in order, with names and payloads as bytes', () => {
  expect(decode([stream])).toEqual(decoded);
});

test('node-redis decodes the same from chunks that are split at any byte', () => {
  for (let at = 1; at < stream.length; at += 1) {
    expect(decode([stream.subarray(0, at), stream.subarray(at)])).toEqual(decoded);
  }
  expect(decode([...stream].map((byte) => Buffer.from([byte])))).toEqual(decoded);
});
