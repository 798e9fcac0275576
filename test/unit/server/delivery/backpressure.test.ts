import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LiveSubscription } from '../../../../src/runtime/live-source.js';
import { Backpressure } from '../../../../src/server/delivery/backpressure.js';
import { createStubbornSocket } from '../../../helpers/stubborn-socket.js';

const KiB = 1024;

function setUp() {
  const { socket, take } = createStubbornSocket();
  const limits = { maxBufferedBytes: 1024 * KiB, stallTimeoutMs: 60_000 };
  const backpressure = new Backpressure(socket, limits, () => undefined);
  const log: string[] = [];
  const write = (bytes: number): void => {
    socket.write(Buffer.alloc(bytes));
    backpressure.check();
  };
  /** A subscription that writes `atResume` bytes as soon as it may. */
  const add = (name: string, atResume = 0): LiveSubscription => {
    const subscription = {
      pause: () => void log.push(`${name} paused`),
      resume() {
        log.push(`${name} resumed`);
        if (atResume > 0) write(atResume);
      },
      close: () => undefined,
    };
    backpressure.add(subscription);
    return subscription;
  };
  /** What was said since the last call. */
  const said = (): string[] => log.splice(0);
  return { socket, take, backpressure, write, add, said, [Symbol.dispose]: () => backpressure.close() };
}

test('subscriptions pause when half of the room is written, and resume once all of it is through', async () => {
  using socket = setUp();
  socket.add('a');
  socket.add('b');
  socket.write(512 * KiB);
  expect(socket.said()).toEqual([]);
  socket.write(1);
  expect(socket.said()).toEqual(['a paused', 'b paused']);
  socket.write(100);
  socket.take(512 * KiB);
  await turn();
  expect(socket.said()).toEqual([]);
  socket.take();
  await turn();
  expect(socket.said()).toEqual(['a resumed', 'b resumed']);
});

test('one that comes while the socket is full begins paused, and one that left is not resumed', async () => {
  using socket = setUp();
  const gone = socket.add('gone');
  socket.write(600 * KiB);
  socket.add('late');
  socket.backpressure.remove(gone);
  expect(socket.said()).toEqual(['gone paused', 'late paused']);
  socket.take();
  await turn();
  expect(socket.said()).toEqual(['late resumed']);
});

test('where one fills the socket again, the others come first next time', async () => {
  using socket = setUp();
  socket.add('a', 600 * KiB);
  socket.add('b', 600 * KiB);
  socket.write(600 * KiB);
  socket.said();
  for (const name of ['a', 'b', 'a']) {
    socket.take();
    await turn();
    expect(socket.said().filter((line) => line.endsWith('resumed'))).toEqual([`${name} resumed`]);
  }
});

test('what is written and what is queued share one room', () => {
  using socket = setUp();
  const { budget: room } = socket.backpressure;
  expect(room.remaining()).toBe(1024 * KiB);
  socket.write(600 * KiB);
  room.reserve(400 * KiB);
  expect(room.remaining()).toBe(24 * KiB);
  room.reserve(25 * KiB);
  expect(room.remaining()).toBeLessThan(0);
  room.release(425 * KiB);
  socket.take();
  expect(room.remaining()).toBe(1024 * KiB);
});

test('nothing is resumed any more once it is closed', async () => {
  using socket = setUp();
  socket.add('a');
  socket.write(600 * KiB);
  socket.said();
  socket.backpressure.close();
  socket.take();
  await turn();
  expect(socket.said()).toEqual([]);
  expect(socket.socket.listenerCount('drain')).toBe(0);
});
