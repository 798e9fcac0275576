import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StallWatch } from '../../../../src/server/delivery/stall-watch.js';
import { createStubbornSocket } from '../../../helpers/clients/stubborn-socket.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function watched() {
  const { socket, take } = createStubbornSocket();
  const onStall = vi.fn();
  const watch = new StallWatch(socket, 1000, onStall);
  return {
    onStall,
    watch,
    take,
    write(this: void, bytes: number) {
      socket.write(Buffer.alloc(bytes));
      watch.wrote();
    },
  };
}

test('a client that reads nothing has stalled after the timeout, and onStall is called once', () => {
  const { write, onStall } = watched();
  write(100);
  vi.advanceTimersByTime(999);
  expect(onStall).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  write(100);
  expect(onStall).toHaveBeenCalledTimes(1);
});

test('further writes do not delay the timeout', () => {
  const { write, onStall } = watched();
  for (let round = 0; round < 11; round += 1) {
    write(100);
    vi.advanceTimersByTime(100);
  }
  expect(onStall).toHaveBeenCalledTimes(1);
});

test('a client that reads a byte now and then has not stalled, also within one large write', () => {
  const { write, take, onStall } = watched();
  write(1_000_000);
  for (let round = 0; round < 20; round += 1) {
    vi.advanceTimersByTime(900);
    take(1);
  }
  expect(onStall).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1200);
  expect(onStall).toHaveBeenCalledTimes(1);
});

test('a client that reads whole writes has not stalled', () => {
  const { write, take, onStall } = watched();
  for (let round = 0; round < 20; round += 1) {
    write(100);
    vi.advanceTimersByTime(900);
    take(100);
  }
  expect(onStall).not.toHaveBeenCalled();
});

test('a quiet socket is not watched and has no timer', () => {
  const { write, take, onStall } = watched();
  write(100);
  take();
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(5000);
  write(100);
  vi.advanceTimersByTime(500);
  expect(onStall).not.toHaveBeenCalled();
});

test('onStall is not called after the close', () => {
  const { write, watch, onStall } = watched();
  write(100);
  watch.close();
  vi.advanceTimersByTime(5000);
  expect(onStall).not.toHaveBeenCalled();
});
