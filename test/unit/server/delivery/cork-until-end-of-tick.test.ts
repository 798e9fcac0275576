import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { afterDispatch, afterPoll } from '../../../../src/runtime/event-loop.js';
import { corkUntilEndOfTick } from '../../../../src/server/delivery/cork-until-end-of-tick.js';

/** A stream that keeps each of its writes as one string. */
function recorder(): Writable & { readonly written: string[] } {
  const written: string[] = [];
  const stream = new Writable({
    writev(chunks, done) {
      written.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return Object.assign(stream, { written });
}
function send(stream: Writable, text: string): void {
  corkUntilEndOfTick(stream);
  stream.write(text);
}
const endOfTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// Every test begins after a read, as the handling of data from Valkey or a client does.
beforeEach(async () => {
  await readFile(new URL(import.meta.url));
});

test('all writes of one tick leave together, also those of promises that settle meanwhile', async () => {
  const stream = recorder();
  send(stream, 'a');
  void Promise.resolve().then(() => send(stream, 'b'));
  send(stream, 'c');
  expect(stream.written).toEqual([]);
  await endOfTick();
  expect(stream.written).toEqual(['acb']);
});

test('each stream and each tick has a write of its own', async () => {
  const [first, second] = [recorder(), recorder()];
  send(first, 'a');
  send(second, 'b');
  await endOfTick();
  send(first, 'c');
  await endOfTick();
  await endOfTick();
  expect([first.written, second.written]).toEqual([['a', 'c'], ['b']]);
});

test('a message that is dispatched at the end of a tick is written in the same tick', async () => {
  const stream = recorder();
  afterPoll(() => send(stream, 'a'));
  afterPoll(() => void Promise.resolve().then(() => send(stream, 'b')));
  await endOfTick();
  expect(stream.written).toEqual(['ab']);
});

describe('The end of a tick', () => {
  test('runs dispatches before writes, each in the order of the calls', async () => {
    const order: string[] = [];
    afterDispatch(() => order.push('write 1'));
    afterPoll(() => order.push('dispatch 1'));
    afterDispatch(() => order.push('write 2'));
    afterPoll(() => {
      order.push('dispatch 2');
      afterPoll(() => order.push('dispatch 3'));
    });
    await endOfTick();
    expect(order).toEqual(['dispatch 1', 'dispatch 2', 'dispatch 3', 'write 1', 'write 2']);
  });

  test('defers tasks that are added during its writes to the next tick', async () => {
    const order: string[] = [];
    afterDispatch(() => {
      order.push('write');
      afterPoll(() => order.push('next dispatch'));
      afterDispatch(() => order.push('next write'));
    });
    await endOfTick();
    expect(order).toEqual(['write']);
    await endOfTick();
    expect(order).toEqual(['write', 'next dispatch', 'next write']);
  });
});
