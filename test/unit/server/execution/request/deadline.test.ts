import { expect, test } from 'vitest';
import { createDeadline } from '../../../../../src/server/execution/request/deadline.js';
import { createGracefulShutdown } from '../../../../../src/server/graceful-shutdown.js';
import { testLog } from '../../../../helpers/run/test-log.js';

function deadlineOf(timeoutMs: number) {
  const client = new AbortController();
  const shutdown = createGracefulShutdown(100, testLog());
  let ended: (allowedMs: number) => void = () => undefined;
  const expired = new Promise<number>((resolve) => (ended = resolve));
  const deadline = createDeadline(timeoutMs, { client: () => client.signal, shutdown }, ended);
  return { client, shutdown, deadline, expired };
}

test('at the deadline the signal aborts first, so that a pending call can still report its own error', async () => {
  const { deadline, expired } = deadlineOf(20);
  const order: string[] = [];
  deadline.signal.addEventListener('abort', () => order.push('aborted'));
  expect(await expired.then((ms) => [...order, `answered after ${ms}`])).toEqual(['aborted', 'answered after 20']);
});

test('an extension moves the deadline', async () => {
  const { deadline, expired } = deadlineOf(20);
  deadline.extend(30);
  expect(await expired).toBe(50);
});

test('the signal aborts when the client disconnects and when the server drains', async () => {
  const left = deadlineOf(60_000);
  left.client.abort();
  expect(left.deadline.signal.aborted).toBe(true);
  left.deadline.end();

  const closing = deadlineOf(60_000);
  const { signal } = closing.deadline;
  await closing.shutdown.drain();
  expect(signal.reason).toMatchObject({ code: 'SHUTTING_DOWN' });
  closing.deadline.end();

  const late = deadlineOf(60_000);
  await late.shutdown.drain();
  expect(late.deadline.signal.reason).toMatchObject({ code: 'SHUTTING_DOWN' });
  late.deadline.end();
});

test('after the end of an operation its signal never aborts', () => {
  const { client, shutdown, deadline } = deadlineOf(60_000);
  const { signal } = deadline;
  deadline.end();
  client.abort();
  void shutdown.drain();
  expect(signal.aborted).toBe(false);
});
