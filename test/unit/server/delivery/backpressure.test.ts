import { setImmediate as nextTick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LiveSubscription } from '../../../../src/runtime/live-source.js';
import { Backpressure } from '../../../../src/server/delivery/backpressure.js';
import { createStubbornSocket } from '../../../helpers/clients/stubborn-socket.js';

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
  /** A subscription that writes `atResume` bytes when it resumes. */
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
  /** The log since the last call. */
  const takeLog = (): string[] => log.splice(0);
  return { socket, take, backpressure, write, add, takeLog, [Symbol.dispose]: () => backpressure.close() };
}

test('subscriptions pause when half of the budget is written, and resume when the socket has accepted all of it', async () => {
  using socket = setUp();
  socket.add('a');
  socket.add('b');
  socket.write(512 * KiB);
  expect(socket.takeLog()).toEqual([]);
  socket.write(1);
  expect(socket.takeLog()).toEqual(['a paused', 'b paused']);
  socket.write(100);
  socket.take(512 * KiB);
  await nextTick();
  expect(socket.takeLog()).toEqual([]);
  socket.take();
  await nextTick();
  expect(socket.takeLog()).toEqual(['a resumed', 'b resumed']);
});

test('a subscription that is added while the socket is full starts paused, and a removed one does not resume', async () => {
  using socket = setUp();
  const gone = socket.add('gone');
  socket.write(600 * KiB);
  socket.add('late');
  socket.backpressure.remove(gone);
  expect(socket.takeLog()).toEqual(['gone paused', 'late paused']);
  socket.take();
  await nextTick();
  expect(socket.takeLog()).toEqual(['late resumed']);
});

test('if a resumed subscription fills the socket again, the others resume first next time', async () => {
  using socket = setUp();
  socket.add('a', 600 * KiB);
  socket.add('b', 600 * KiB);
  socket.write(600 * KiB);
  socket.takeLog();
  for (const name of ['a', 'b', 'a']) {
    socket.take();
    await nextTick();
    expect(socket.takeLog().filter((line) => line.endsWith('resumed'))).toEqual([`${name} resumed`]);
  }
});

test('written and queued bytes share one budget', () => {
  using socket = setUp();
  const { budget } = socket.backpressure;
  expect(budget.remaining()).toBe(1024 * KiB);
  socket.write(600 * KiB);
  budget.reserve(400 * KiB);
  expect(budget.remaining()).toBe(24 * KiB);
  budget.reserve(25 * KiB);
  expect(budget.remaining()).toBeLessThan(0);
  budget.release(425 * KiB);
  socket.take();
  expect(budget.remaining()).toBe(1024 * KiB);
});

test('no subscription resumes after the close', async () => {
  using socket = setUp();
  socket.add('a');
  socket.write(600 * KiB);
  socket.takeLog();
  socket.backpressure.close();
  socket.take();
  await nextTick();
  expect(socket.takeLog()).toEqual([]);
  expect(socket.socket.listenerCount('drain')).toBe(0);
});
