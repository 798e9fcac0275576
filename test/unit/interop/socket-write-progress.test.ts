import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeProgress } from '../../../src/interop/socket-write-progress.js';
import { eventually } from '../../helpers/run/eventually.js';

const MiB = 1024 * 1024;
const listener = createServer();
let sender: Socket;
let receiver: Socket;

beforeEach(async () => {
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  receiver = connect((listener.address() as AddressInfo).port, '127.0.0.1').pause();
  [sender] = await accepted;
});
afterEach(() => {
  sender.destroy();
  receiver.destroy();
  listener.close();
});

test('the progress changes during one write whenever the receiver reads a part of it', async () => {
  sender.write(Buffer.alloc(64 * MiB));
  const withinOneWrite = /^0 [1-9]\d*$/;
  const before = writeProgress(sender);
  expect(before).toMatch(withinOneWrite);
  let received = 0;
  receiver.on('data', ({ length }: Buffer) => {
    received += length;
    if (received > 16 * MiB) receiver.pause();
  });
  receiver.resume();
  await eventually(() => expect(received).toBeGreaterThan(16 * MiB));
  const after = writeProgress(sender);
  expect(after).toMatch(withinOneWrite);
  expect(after).not.toBe(before);
});

test('the progress counts each write that has been accepted whole', async () => {
  receiver.resume();
  await new Promise((resolve) => sender.write('abc', resolve));
  await eventually(() => expect(writeProgress(sender)).toBe('3 0'));
});
