import { setImmediate as nextTick } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ExpectedFailure } from '../../../../src/domain/errors.js';
import type { MaybePromise } from '../../../../src/runtime/maybe-promise.js';
import { anonymous } from '../../../../src/domain/access/principal.js';
import { createByteBudget } from '../../../../src/runtime/byte-budget.js';
import { deliver } from '../../../../src/server/delivery/deliver.js';
import type { PreparedOperation } from '../../../../src/server/execution/prepared-operation.js';
import { createRequestContext } from '../../../../src/server/execution/request/request-context.js';
import { createManualSource } from '../../../helpers/valkey/subscribers.js';
import { testLog } from '../../../helpers/run/test-log.js';

interface Event {
  readonly text: string;
  /** The result is known when this settles; at once if absent. */
  readonly after?: Promise<unknown>;
}

/** `openAgain` handles a second request for the source. */
function setUp(openAgain: (existing: object) => unknown = (known) => known) {
  const source = createManualSource<Event>();
  const received: string[] = [];
  const render = (event: object): MaybePromise<Buffer> => {
    const { text, after } = event as Event;
    return after ? after.then(() => Buffer.from(text)) : Buffer.from(text);
  };
  const sink = {
    budget: createByteBudget(1000),
    next: (result: Buffer) => void received.push(result.toString()),
    error: (reason: Error) => void received.push(`error ${reason.message}`),
    complete: () => void received.push('complete'),
  };
  const context = createRequestContext(testLog(), anonymous, () => new AbortController().signal);
  const openSource = () => Promise.resolve().then(() => openAgain(source.source));
  const operation = { openSource } as unknown as PreparedOperation;
  const delivery = deliver(source.source, { render }, sink, { context, operation });
  return { ...source, received, sink, delivery };
}
/** A promise that settles when the test says so. */
function gate() {
  let open: () => void = () => undefined;
  let fail: (reason: Error) => void = () => undefined;
  const passed = new Promise<void>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { passed, open, fail };
}

test('a result that is already known is sent in the same tick', () => {
  const { emit, received } = setUp();
  emit({ text: 'a' });
  emit({ text: 'b' });
  expect(received).toEqual(['a', 'b']);
});

test('results are sent in the order of their events, however long each takes', async () => {
  const { emit, received, complete } = setUp();
  const [slow, slower] = [gate(), gate()];
  emit({ text: 'a' });
  emit({ text: 'b', after: slower.passed });
  emit({ text: 'c', after: slow.passed });
  emit({ text: 'd' });
  complete();
  slow.open();
  await nextTick();
  expect(received).toEqual(['a']);
  slower.open();
  await nextTick();
  expect(received).toEqual(['a', 'b', 'c', 'd', 'complete']);
});

describe('A subscription ends once', () => {
  test('when its source fails, after the results that are still being computed', async () => {
    const { emit, fail, received, open } = setUp();
    const slow = gate();
    emit({ text: 'a', after: slow.passed });
    fail(new ExpectedFailure('NOT_FOUND', 'It is gone.'));
    slow.open();
    await nextTick();
    expect(received).toEqual(['a', 'error It is gone.']);
    expect(open.size).toBe(0);
  });

  test('when a result cannot be computed, and sends no later results', async () => {
    const { emit, received, open } = setUp();
    const broken = gate();
    emit({ text: 'a', after: broken.passed });
    emit({ text: 'b' });
    broken.fail(new Error('a secret detail'));
    await nextTick();
    expect(received).toEqual([expect.stringMatching(/^error Unexpected error/)]);
    expect(open.size).toBe(0);
  });

  test('when it is closed, and sends no results that are still being computed', async () => {
    const { emit, received, open, delivery } = setUp();
    const slow = gate();
    emit({ text: 'a', after: slow.passed });
    delivery.close();
    delivery.close();
    slow.open();
    await nextTick();
    expect(received).toEqual([]);
    expect(open.size).toBe(0);
  });
});

describe('When grants have changed, a subscription', () => {
  const refusal = (code: string) => () => ({ errors: [new GraphQLError(`is ${code}`, { extensions: { code } })] });
  const reauthorize = async (openAgain?: Parameters<typeof setUp>[0]) => {
    const test = setUp(openAgain);
    const slow = gate();
    test.emit({ text: 'a', after: slow.passed });
    await test.delivery.reauthorize();
    slow.open();
    await nextTick();
    return [test.received, test.open.size];
  };

  test('continues if its source is still allowed', async () => expect(await reauthorize()).toEqual([['a'], 1]));

  test.each([
    ['is refused', refusal('FORBIDDEN'), /^error The permissions of the caller have changed/],
    [
      'names a resource that no longer exists for the caller',
      refusal('NOT_FOUND'),
      /^error The permissions of the caller have changed/,
    ],
    ['cannot be checked during an outage', refusal('CLUSTER_UNAVAILABLE'), /^error is CLUSTER_UNAVAILABLE/],
    ['fails to be checked', () => expect.fail('a bug'), /^error Unexpected error/],
  ])('that %s ends at once, without the results that are still being computed', async (_, openAgain, message) => {
    expect(await reauthorize(openAgain)).toEqual([[expect.stringMatching(message)], 0]);
  });

  test('that has ended does not request its source', async () => {
    const { delivery, received } = setUp(() => expect.fail('The source was requested.'));
    delivery.close();
    await delivery.reauthorize();
    expect(received).toEqual([]);
  });
});

test('finishing waits for the results of accepted events and accepts no more', async () => {
  const { emit, received, paused, delivery } = setUp();
  const slow = gate();
  emit({ text: 'a', after: slow.passed });
  const finished = delivery.finish();
  expect(paused.size).toBe(1);
  slow.open();
  await finished;
  expect(received).toEqual(['a']);
});

test('the source receives the byte budget, and is paused and resumed', () => {
  const { open, paused, delivery, sink } = setUp();
  expect([...open].map(({ budget }) => budget)).toEqual([sink.budget]);
  delivery.pause();
  expect(paused.size).toBe(1);
  delivery.resume();
  expect(paused.size).toBe(0);
});
