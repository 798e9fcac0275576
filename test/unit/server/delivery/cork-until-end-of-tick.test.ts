import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { afterDispatch, afterPoll } from '../../../../src/runtime/event-loop.js';
import { corkUntilEndOfTick } from '../../../../src/server/delivery/cork-until-end-of-tick.js';

/** A stream that keeps each write it was asked for as one string. */
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
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// Every test begins after a read, as what Valkey or a client sends does.
beforeEach(async () => {
  await readFile(new URL(import.meta.url));
});

test('what is written in one turn leaves together, promises that settle meanwhile included', async () => {
  const stream = recorder();
  send(stream, 'a');
  void Promise.resolve().then(() => send(stream, 'b'));
  send(stream, 'c');
  expect(stream.written).toEqual([]);
  await endOfTurn();
  expect(stream.written).toEqual(['acb']);
});

test('each stream has a write of its own, and each turn', async () => {
  const [first, second] = [recorder(), recorder()];
  send(first, 'a');
  send(second, 'b');
  await endOfTurn();
  send(first, 'c');
  await endOfTurn();
  await endOfTurn();
  expect([first.written, second.written]).toEqual([['a', 'c'], ['b']]);
});

test('what is handed over at the end of a turn is written in that turn', async () => {
  const stream = recorder();
  afterPoll(() => send(stream, 'a'));
  afterPoll(() => void Promise.resolve().then(() => send(stream, 'b')));
  await endOfTurn();
  expect(stream.written).toEqual(['ab']);
});

describe('the end of a turn', () => {
  test('has hand-overs before writes, in the order asked', async () => {
    const order: string[] = [];
    afterDispatch(() => order.push('write 1'));
    afterPoll(() => order.push('hand over 1'));
    afterDispatch(() => order.push('write 2'));
    afterPoll(() => {
      order.push('hand over 2');
      afterPoll(() => order.push('hand over 3'));
    });
    await endOfTurn();
    expect(order).toEqual(['hand over 1', 'hand over 2', 'hand over 3', 'write 1', 'write 2']);
  });

  test('that is asked for while it is written is the next one', async () => {
    const order: string[] = [];
    afterDispatch(() => {
      order.push('write');
      afterPoll(() => order.push('next hand over'));
      afterDispatch(() => order.push('next write'));
    });
    await endOfTurn();
    expect(order).toEqual(['write']);
    await endOfTurn();
    expect(order).toEqual(['write', 'next hand over', 'next write']);
  });
});
