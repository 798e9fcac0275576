import { expect, test } from 'vitest';
import { createDeadline } from '../../../../src/server/execution/deadline.js';
import { createGracefulShutdown } from '../../../../src/server/graceful-shutdown.js';
import { testLog } from '../../../helpers/test-log.js';

function deadlineOf(timeoutMs: number) {
  const client = new AbortController();
  const shutdown = createGracefulShutdown(100, testLog());
  let ended: (allowedMs: number) => void = () => undefined;
  const expired = new Promise<number>((resolve) => (ended = resolve));
  const deadline = createDeadline(timeoutMs, { client: () => client.signal, shutdown }, ended);
  return { client, shutdown, deadline, expired };
}

test('what waits is ended at the deadline, and has a moment to say why before the operation is answered', async () => {
  const { deadline, expired } = deadlineOf(20);
  const order: string[] = [];
  deadline.signal.addEventListener('abort', () => order.push('aborted'));
  expect(await expired.then((ms) => [...order, `answered after ${ms}`])).toEqual(['aborted', 'answered after 20']);
});

test('an operation that was asked to wait has the longer deadline', async () => {
  const { deadline, expired } = deadlineOf(20);
  deadline.extend(30);
  expect(await expired).toBe(50);
});

test('what waits ends when the client goes, and when the server closes', async () => {
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

test('an operation that has ended leaves nothing behind', () => {
  const { client, shutdown, deadline } = deadlineOf(60_000);
  const { signal } = deadline;
  deadline.end();
  client.abort();
  void shutdown.drain();
  expect(signal.aborted).toBe(false);
});
