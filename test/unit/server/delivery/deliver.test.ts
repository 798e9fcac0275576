import { setImmediate as turn } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ExpectedFailure } from '../../../../src/domain/errors.js';
import type { MaybePromise } from '../../../../src/runtime/maybe-promise.js';
import { anonymous } from '../../../../src/domain/access/principal.js';
import { createByteBudget } from '../../../../src/runtime/byte-budget.js';
import { deliver } from '../../../../src/server/delivery/deliver.js';
import type { PreparedOperation } from '../../../../src/server/execution/prepared-operation.js';
import { createRequestContext } from '../../../../src/server/execution/request-context.js';
import { createManualSource } from '../../../helpers/subscribers.js';
import { testLog } from '../../../helpers/test-log.js';

interface Event {
  readonly text: string;
  /** Rendered when this settles; absent, at once. */
  readonly after?: Promise<unknown>;
}

/** `asked` answers when the source is asked for again. */
function setUp(asked: (existing: object) => unknown = (known) => known) {
  const source = createManualSource<Event>();
  const told: string[] = [];
  const render = (event: object): MaybePromise<Buffer> => {
    const { text, after } = event as Event;
    return after ? after.then(() => Buffer.from(text)) : Buffer.from(text);
  };
  const sink = {
    budget: createByteBudget(1000),
    next: (result: Buffer) => void told.push(result.toString()),
    error: (reason: Error) => void told.push(`error ${reason.message}`),
    complete: () => void told.push('complete'),
  };
  const context = createRequestContext(testLog(), anonymous, () => new AbortController().signal);
  const openSource = () => Promise.resolve().then(() => asked(source.source));
  const operation = { openSource } as unknown as PreparedOperation;
  const delivery = deliver(source.source, { render }, sink, { context, operation });
  return { ...source, told, sink, delivery };
}
/** Something that takes longer, until it is told to go on. */
function gate() {
  let open: () => void = () => undefined;
  let fail: (reason: Error) => void = () => undefined;
  const passed = new Promise<void>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { passed, open, fail };
}

test('what is rendered already is sent in the same turn', () => {
  const { emit, told } = setUp();
  emit({ text: 'a' });
  emit({ text: 'b' });
  expect(told).toEqual(['a', 'b']);
});

test('results come in the order of their events, however long each takes', async () => {
  const { emit, told, complete } = setUp();
  const [slow, slower] = [gate(), gate()];
  emit({ text: 'a' });
  emit({ text: 'b', after: slower.passed });
  emit({ text: 'c', after: slow.passed });
  emit({ text: 'd' });
  complete();
  slow.open();
  await turn();
  expect(told).toEqual(['a']);
  slower.open();
  await turn();
  expect(told).toEqual(['a', 'b', 'c', 'd', 'complete']);
});

describe('a subscription ends once', () => {
  test('when its source fails, behind what is still being rendered, with a code', async () => {
    const { emit, fail, told, open } = setUp();
    const slow = gate();
    emit({ text: 'a', after: slow.passed });
    fail(new ExpectedFailure('NOT_FOUND', 'It is gone.'));
    slow.open();
    await turn();
    expect(told).toEqual(['a', 'error It is gone.']);
    expect(open.size).toBe(0);
  });

  test('when an event cannot be rendered, and says nothing of what comes behind', async () => {
    const { emit, told, open } = setUp();
    const broken = gate();
    emit({ text: 'a', after: broken.passed });
    emit({ text: 'b' });
    broken.fail(new Error('a secret detail'));
    await turn();
    expect(told).toEqual([expect.stringMatching(/^error Unexpected error/)]);
    expect(open.size).toBe(0);
  });

  test('when it is closed, whatever is still being rendered', async () => {
    const { emit, told, open, delivery } = setUp();
    const slow = gate();
    emit({ text: 'a', after: slow.passed });
    delivery.close();
    delivery.close();
    slow.open();
    await turn();
    expect(told).toEqual([]);
    expect(open.size).toBe(0);
  });
});

describe('when grants have changed, a subscription', () => {
  const refusal = (code: string) => () => ({ errors: [new GraphQLError(`is ${code}`, { extensions: { code } })] });
  const reauthorize = async (asked?: Parameters<typeof setUp>[0]) => {
    const test = setUp(asked);
    const slow = gate();
    test.emit({ text: 'a', after: slow.passed });
    await test.delivery.reauthorize();
    slow.open();
    await turn();
    return [test.told, test.open.size];
  };

  test('goes on where its source can still be had', async () => expect(await reauthorize()).toEqual([['a'], 1]));

  test.each([
    ['is refused', refusal('FORBIDDEN'), /^error The permissions of the caller have changed/],
    [
      'names what there is no longer for the caller',
      refusal('NOT_FOUND'),
      /^error The permissions of the caller have changed/,
    ],
    ['cannot be decided for now', refusal('CLUSTER_UNAVAILABLE'), /^error is CLUSTER_UNAVAILABLE/],
    ['fails to be decided', () => expect.fail('a bug'), /^error Unexpected error/],
  ])('that %s ends at once, without what is still being rendered', async (_, asked, message) => {
    expect(await reauthorize(asked)).toEqual([[expect.stringMatching(message)], 0]);
  });

  test('that is over is not asked for', async () => {
    const { delivery, told } = setUp(() => expect.fail('It was asked for.'));
    delivery.close();
    await delivery.reauthorize();
    expect(told).toEqual([]);
  });
});

test('finishing waits for what was taken and takes no more', async () => {
  const { emit, told, paused, delivery } = setUp();
  const slow = gate();
  emit({ text: 'a', after: slow.passed });
  const finished = delivery.finish();
  expect(paused.size).toBe(1);
  slow.open();
  await finished;
  expect(told).toEqual(['a']);
});

test('the source is told how much budget there is, and when to pause and resume', () => {
  const { open, paused, delivery, sink } = setUp();
  expect([...open].map(({ budget }) => budget)).toEqual([sink.budget]);
  delivery.pause();
  expect(paused.size).toBe(1);
  delivery.resume();
  expect(paused.size).toBe(0);
});
